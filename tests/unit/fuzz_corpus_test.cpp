// Promise: every input that a fuzzer found worth keeping, and every one that once broke something,
// goes through its target without breaking a promise.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/fuzz/targets.hpp"

namespace outlay::fuzz {
namespace {

namespace fs = std::filesystem;

const fs::path fuzz_folder = fs::path(OUTLAY_SOURCE_DIR) / "tests/fuzz";

std::vector<fs::path> files_in(const fs::path& folder) {
    std::vector<fs::path> files;
    if (!fs::exists(folder)) return files;
    for (const auto& entry : fs::directory_iterator(folder)) files.push_back(entry.path());
    std::ranges::sort(files);
    return files;
}

std::string bytes_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    EXPECT_TRUE(file) << path;
    return {std::istreambuf_iterator<char>(file), {}};
}

class FuzzCorpus : public testing::TestWithParam<Target> {};

TEST_P(FuzzCorpus, keeps_every_promise) {
    const auto inputs = files_in(fuzz_folder / "corpus" / GetParam().name);
    EXPECT_FALSE(inputs.empty()) << "a target without a corpus";
    for (const fs::path& path : inputs) {
        EXPECT_NO_THROW(GetParam().run(bytes_of(path))) << path;
    }
}

TEST_P(FuzzCorpus, what_once_broke_stays_mended) {
    for (const fs::path& path : files_in(fuzz_folder / "crashes" / GetParam().name)) {
        EXPECT_NO_THROW(GetParam().run(bytes_of(path))) << path;
    }
}

INSTANTIATE_TEST_SUITE_P(Targets, FuzzCorpus, testing::ValuesIn(targets().begin(), targets().end()),
                         [](const auto& tested) { return std::string(tested.param.name); });

// A folder that no target reads would be a test that nobody runs.
TEST(FuzzFolders, belong_to_targets) {
    for (const char* const kind : {"corpus", "crashes"}) {
        for (const fs::path& folder : files_in(fuzz_folder / kind)) {
            EXPECT_NE(find_target(folder.filename().string()), nullptr) << folder;
        }
    }
}

}  // namespace
}  // namespace outlay::fuzz
