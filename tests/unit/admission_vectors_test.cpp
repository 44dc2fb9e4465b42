// Admission gives the verdicts that docs/journal.md promises, in its order: the golden vectors of
// tests/unit/data/admission_vectors.txt, which another implementation can use as they are.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "journal/prefix_judge.hpp"

namespace outlay::journal {
namespace {

struct VectorLine {
    std::string verdict;  // as in verdict_name, or "halt:" and the cause
    std::string record;
};
struct VectorLog {
    std::string title;
    std::string journal;
    std::int32_t partition = 0;
    std::int32_t partitions = 1;
    std::vector<std::pair<std::int64_t, std::string>> skips;
    std::vector<VectorLine> lines;
};

std::vector<VectorLog> read_vectors() {
    std::ifstream file(std::string(OUTLAY_SOURCE_DIR) + "/tests/unit/data/admission_vectors.txt");
    std::vector<VectorLog> logs;
    std::string title;
    for (std::string line; std::getline(file, line);) {
        if (line.empty()) continue;
        const auto space = line.find(' ');
        const auto word = line.substr(0, space);
        const auto rest = line.substr(space + 1);
        std::istringstream fields(rest);
        if (word == "#") {
            title = rest;
        } else if (word == "log") {
            logs.push_back({title, {}, 0, 1, {}, {}});
            fields >> logs.back().journal >> logs.back().partition >> logs.back().partitions;
        } else if (word == "skip") {
            auto& [offset, hash] = logs.back().skips.emplace_back();
            fields >> offset >> hash;
        } else {
            logs.back().lines.push_back({word, rest});
        }
    }
    return logs;
}

TEST(AdmissionVectors, every_record_gets_the_verdict_of_the_specification) {
    const auto logs = read_vectors();
    ASSERT_GE(logs.size(), 10U);
    for (const auto& log : logs) {
        PrefixJudge judge(log.journal, log.partition, log.partitions);
        for (const auto& [place, hash] : log.skips) judge.learn_skip(place, hash);
        std::int64_t offset = 0;
        for (const auto& line : log.lines) {
            const auto judgement = judge.judge({{0, offset}, {}, "key", line.record});
            std::string verdict(verdict_name(judgement.verdict));
            if (judgement.halt) verdict += ":" + std::string(halt_cause_name(*judgement.halt));
            EXPECT_EQ(verdict, line.verdict)
                << log.title << ", offset " << offset << ": " << judgement.detail;
            ++offset;
        }
    }
}

TEST(AdmissionVectors, the_encoder_still_writes_the_bytes_of_the_vectors) {
    std::size_t compared = 0;
    for (const auto& log : read_vectors()) {
        for (const auto& line : log.lines) {
            const auto decoded = decode(line.record, log.journal);
            if (const auto* genesis = std::get_if<Genesis>(&decoded)) {
                EXPECT_EQ(
                    encode_genesis(genesis->journal, genesis->partition_count, genesis->import_of),
                    line.record);
                ++compared;
            }
            if (const auto* seal = std::get_if<Seal>(&decoded)) {
                EXPECT_EQ(encode_seal(log.journal, seal->workspace), line.record);
                ++compared;
            }
            if (const auto* end = std::get_if<ImportEnd>(&decoded)) {
                EXPECT_EQ(encode_import_end(log.journal, end->partition_count), line.record);
                ++compared;
            }
            if (const auto* commit = std::get_if<Commit>(&decoded); commit && commit->origin) {
                EXPECT_EQ(encode_imported(log.journal, {commit->workspace, commit->command,
                                                        *commit->origin, commit->imported_value}),
                          line.record);
                ++compared;
            }
            if (const auto* close = std::get_if<Close>(&decoded); close && !close->origin) {
                EXPECT_EQ(
                    encode_close(log.journal, close->workspace, close->command, close->problem),
                    line.record);
                ++compared;
            }
        }
    }
    EXPECT_GE(compared, 30U);
}

}  // namespace
}  // namespace outlay::journal
