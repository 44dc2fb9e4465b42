// A bounded map that forgets what was used longest ago. Confined to one thread.
#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <unordered_map>
#include <utility>

namespace outlay::workers {

template <typename Key, typename Value, typename Hash = std::hash<Key>>
class Lru {
public:
    explicit Lru(std::size_t entries_max) : entries_max_(entries_max) {}

    // Null for an unknown key; valid until the next put.
    const Value* find(const Key& key) {
        const auto found = places_.find(key);
        if (found == places_.end()) return nullptr;
        entries_.splice(entries_.begin(), entries_, found->second);
        return &found->second->second;
    }
    void put(const Key& key, Value value) {
        if (const auto found = places_.find(key); found != places_.end()) {
            entries_.erase(found->second);
            places_.erase(found);
        }
        entries_.emplace_front(key, std::move(value));
        places_.emplace(key, entries_.begin());
        if (entries_.size() <= entries_max_) return;
        places_.erase(entries_.back().first);
        entries_.pop_back();
    }
    void clear() {
        places_.clear();
        entries_.clear();
    }

private:
    using Entries = std::list<std::pair<Key, Value>>;
    std::size_t entries_max_;
    Entries entries_;  // the last used first
    std::unordered_map<Key, typename Entries::iterator, Hash> places_;
};

}  // namespace outlay::workers
