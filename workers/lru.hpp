// A bounded map that forgets what was used longest ago. Entries weigh 1 unless it is said
// otherwise. Confined to one thread.
#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <optional>
#include <unordered_map>
#include <utility>

namespace outlay::workers {

template <typename Key, typename Value, typename Hash = std::hash<Key>>
class Lru {
public:
    explicit Lru(std::size_t weight_max) : weight_max_(weight_max) {}

    // Null for an unknown key; valid until the next put or take.
    const Value* find(const Key& key) {
        const auto found = places_.find(key);
        if (found == places_.end()) return nullptr;
        entries_.splice(entries_.begin(), entries_, found->second);
        return &found->second->value;
    }
    // Takes the value out; empty for an unknown key.
    std::optional<Value> take(const Key& key) {
        const auto found = places_.find(key);
        if (found == places_.end()) return std::nullopt;
        std::optional<Value> value(std::move(found->second->value));
        erase(found);
        return value;
    }
    // What alone is too heavy is not kept.
    void put(const Key& key, Value value, std::size_t weight = 1) {
        if (const auto found = places_.find(key); found != places_.end()) erase(found);
        if (weight > weight_max_) return;
        entries_.push_front({key, std::move(value), weight});
        places_.emplace(key, entries_.begin());
        weight_ += weight;
        while (weight_ > weight_max_) erase(places_.find(entries_.back().key));
    }
    void clear() {
        places_.clear();
        entries_.clear();
        weight_ = 0;
    }

private:
    struct Entry {
        Key key;
        Value value;
        std::size_t weight;
    };
    using Entries = std::list<Entry>;
    using Places = std::unordered_map<Key, typename Entries::iterator, Hash>;
    void erase(typename Places::iterator place) {
        weight_ -= place->second->weight;
        entries_.erase(place->second);
        places_.erase(place);
    }
    std::size_t weight_max_;
    std::size_t weight_ = 0;
    Entries entries_;  // the last used first
    Places places_;
};

}  // namespace outlay::workers
