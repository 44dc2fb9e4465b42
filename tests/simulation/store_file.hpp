// A migrated SQLite store in memory-backed files, one per run, copied from one that was migrated
// once; and a process' view of it, which fails, dies and lets others go on in between as told.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "platform/sql.hpp"
#include "tests/simulation/random.hpp"

namespace outlay::simulation {

class StoreFile {
public:
    StoreFile();
    ~StoreFile();
    StoreFile(const StoreFile&) = delete;
    StoreFile& operator=(const StoreFile&) = delete;
    sql::Store& store() { return *store_; }

private:
    std::filesystem::path folder_;
    std::unique_ptr<sql::Store> store_;
};

// Where a process is when it lets others go on: it holds no lock then.
enum class Moment { before_transaction, between_statements };

// The store as one process reaches it.
class StoreLink final : public sql::Store {
public:
    // `meanwhile` lets other processes go on: before everything, and between the statements of a
    // reader.
    using Meanwhile = std::function<void(Moment)>;
    StoreLink(sql::Store& store, Random& random, Meanwhile meanwhile)
        : store_(store), random_(random), meanwhile_(std::move(meanwhile)) {}

    sql::Status transact(const sql::TransactionOptions& options,
                         const sql::TransactionBody& body) override;
    sql::Status run_script(std::string_view script, std::int64_t generation) override;

    void cut() { is_cut_ = true; }
    // How often, in percent, a transaction goes wrong.
    void set_trouble(int percent) { trouble_ = percent; }
    // The process is to die now: it was cut right behind a commit.
    bool is_dying() const { return is_dying_; }
    // Tries to write so far.
    std::int64_t writes() const { return writes_; }

private:
    sql::Status read(const sql::TransactionOptions& options, const sql::TransactionBody& body);
    sql::Status write(const sql::TransactionOptions& options, const sql::TransactionBody& body);
    int fault();  // of a try to write; 0: none
    sql::Status lose_answer(int fault);

    sql::Store& store_;
    Random& random_;
    Meanwhile meanwhile_;
    std::int64_t writes_ = 0;
    int trouble_ = 0;
    bool is_cut_ = false;
    bool is_dying_ = false;
};

}  // namespace outlay::simulation
