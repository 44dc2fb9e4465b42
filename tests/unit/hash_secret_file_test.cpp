// Promise: an installation has one root secret. It is made once, whoever starts first, and never
// read from a file that others may read.
#include "platform/secret_file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace outlay::platform {
namespace {

class SecretFile : public testing::Test {
public:
    SecretFile() {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "outlay-secret-XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
    }
    ~SecretFile() override { std::filesystem::remove_all(folder_); }
    SecretFile(const SecretFile&) = delete;
    SecretFile& operator=(const SecretFile&) = delete;

protected:
    std::string path() const { return (folder_ / "root.secret").string(); }
    void write(const std::string& content, mode_t mode = 0600) const {
        std::ofstream(path()) << content;
        ::chmod(path().c_str(), mode);
    }
    std::size_t files() const {
        return static_cast<std::size_t>(
            std::distance(std::filesystem::directory_iterator(folder_), {}));
    }
    std::filesystem::path folder_;
};

std::string sixty_four(char digit) {
    std::string text;
    text.resize(64, digit);
    return text;
}

TEST_F(SecretFile, is_not_made_by_who_only_reads_it) {
    const auto missing = load_secret(path());
    ASSERT_FALSE(missing.ok());
    EXPECT_TRUE(missing.error().is_missing);
    EXPECT_EQ(files(), 0U);
    const auto made = load_or_create_secret(path());
    const auto read = load_secret(path());
    ASSERT_TRUE(made.ok() && read.ok());
    EXPECT_EQ(*read, *made);
}

TEST_F(SecretFile, is_made_at_first_and_read_from_then_on) {
    const auto first = load_or_create_secret(path());
    ASSERT_TRUE(first.ok()) << first.error().detail;
    EXPECT_NE(*first, Secret{});
    const auto second = load_or_create_secret(path());
    ASSERT_TRUE(second.ok()) << second.error().detail;
    EXPECT_EQ(*first, *second);
    EXPECT_EQ(files(), 1U);
}

TEST_F(SecretFile, holds_64_hexadecimal_characters_for_its_owner_alone) {
    const auto secret = load_or_create_secret(path());
    ASSERT_TRUE(secret.ok());
    std::ifstream file(path());
    std::string line;
    std::getline(file, line);
    EXPECT_EQ(line, hex(bytes_of(*secret)));
    struct stat facts{};
    ASSERT_EQ(::stat(path().c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777U, 0600U);
}

TEST_F(SecretFile, differs_between_installations) {
    const auto one = load_or_create_secret(path());
    const auto other = load_or_create_secret(path() + ".other");
    ASSERT_TRUE(one.ok() && other.ok());
    EXPECT_NE(*one, *other);
}

TEST_F(SecretFile, may_be_written_by_hand_with_or_without_a_line_feed) {
    for (const char* end : {"", "\n"}) {
        write(sixty_four('A') + end, 0400);
        const auto secret = load_or_create_secret(path());
        ASSERT_TRUE(secret.ok()) << secret.error().detail;
        EXPECT_EQ((*secret)[0], 0xAA);
        EXPECT_EQ((*secret)[31], 0xAA);
        std::filesystem::remove(path());
    }
}

TEST_F(SecretFile, is_refused_if_others_may_use_it) {
    for (const mode_t mode : {0640U, 0604U, 0660U, 0666U, 0644U, 0620U, 0601U}) {
        write(sixty_four('a'), mode);
        const auto secret = load_or_create_secret(path());
        ASSERT_FALSE(secret.ok()) << mode;
        EXPECT_NE(secret.error().detail.find(path()), std::string::npos);
        EXPECT_NE(secret.error().detail.find("chmod 600"), std::string::npos);
        EXPECT_EQ(secret.error().detail.find("aaaa"), std::string::npos);
    }
}

TEST_F(SecretFile, is_refused_and_left_alone_if_it_holds_anything_else) {
    for (const std::string& content :
         {std::string(), sixty_four('a').substr(1), sixty_four('a') + "a", sixty_four('g'),
          sixty_four('a') + "\n\n", " " + sixty_four('a'), sixty_four('a').substr(1) + "\n",
          std::string(1000, 'a')}) {
        write(content);
        EXPECT_FALSE(load_or_create_secret(path()).ok()) << content;
        std::ifstream file(path());
        EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), content);
    }
}

TEST_F(SecretFile, is_refused_if_it_is_a_folder) {
    std::filesystem::create_directory(path());
    ::chmod(path().c_str(), 0700);
    EXPECT_FALSE(load_or_create_secret(path()).ok());
}

TEST_F(SecretFile, cannot_be_made_in_a_folder_that_is_not_there) {
    const auto secret = load_or_create_secret((folder_ / "missing" / "root.secret").string());
    ASSERT_FALSE(secret.ok());
    EXPECT_NE(secret.error().detail.find("cannot be made"), std::string::npos)
        << secret.error().detail;
}

TEST_F(SecretFile, is_one_for_all_who_start_at_once) {
    std::vector<Secret> found(8);
    std::vector<std::thread> threads;
    threads.reserve(found.size());
    for (Secret& secret : found) {
        threads.emplace_back([this, &secret] {
            const auto loaded = load_or_create_secret(path());
            if (loaded.ok()) secret = *loaded;
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(std::set<Secret>(found.begin(), found.end()).size(), 1U);
    EXPECT_NE(found[0], Secret{});
    EXPECT_EQ(files(), 1U);
}

}  // namespace
}  // namespace outlay::platform
