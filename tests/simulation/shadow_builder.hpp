// Builds a second generation beside the live one, a batch at a time, and is killed and begun again
// as the world likes: the first half of a rebuild. Nothing flips here.
#pragma once

#include <map>
#include <memory>

#include "tests/simulation/processes.hpp"
#include "workers/partition.hpp"

namespace outlay::simulation {

inline constexpr std::int64_t shadow_generation = 2;

// A store whose transactions all speak of one generation.
class GenerationStore final : public sql::Store {
public:
    GenerationStore(sql::Store& store, std::int64_t generation)
        : store_(store), generation_(generation) {}
    sql::Status transact(const sql::TransactionOptions& options,
                         const sql::TransactionBody& body) override {
        return store_.transact(options, [&](sql::Session& session) {
            session.use_generation(generation_);
            return body(session);
        });
    }
    sql::Status run_script(std::string_view script, std::int64_t generation) override {
        return store_.run_script(script, generation);
    }

private:
    sql::Store& store_;
    std::int64_t generation_;
};

class ShadowBuilder {
public:
    ShadowBuilder(Surroundings& around, int number, bool is_prepared);

    // One batch of one partition, at most up to the offset `limit`.
    void step(std::int32_t partition, std::int64_t limit);
    // The process dies; a new one goes on with what is in the store.
    void crash() { partitions_.clear(); }
    StoreLink& store() { return link_to_store_; }
    // The generation's tables are there.
    bool is_prepared() const { return is_prepared_; }

private:
    void prepare();

    Surroundings& around_;
    StoreLink link_to_store_;
    GenerationStore store_;
    Link link_;
    bool is_prepared_;
    struct Building {
        std::unique_ptr<workers::Partition> partition;
        std::optional<std::int64_t> read_from;
    };
    std::map<std::int32_t, Building> partitions_;
};

}  // namespace outlay::simulation
