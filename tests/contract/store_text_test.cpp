// Promise: portable SQL text means the same on every store: table prefixes and parameter signs of
// whole tokens are translated, and nothing that only looks like them.
#include <gtest/gtest.h>

#include "platform/sql_dialect.hpp"

namespace outlay::tests {
namespace {

struct TextCase {
    const char* text;
    const char* translated;
};

constexpr TextCase cases[] = {
    {"SELECT * FROM read.a", "SELECT * FROM R_a"},
    {"INSERT INTO outlay.a VALUES ($1,$12)", "INSERT INTO O_a VALUES (?1,?12)"},
    {"read.a", "R_a"},
    {"(read.a,read.b)", "(R_a,R_b)"},
    {"thread.a spread.b _read.c read1.d", "thread.a spread.b _read.c read1.d"},
    {"x.read.a", "x.read.a"},
    {"read . a, read, read.", "read . a, read, read."},
    {"READ.a Outlay.b", "READ.a Outlay.b"},
    {"'read.a' || read.b", "'read.a' || R_b"},
    {"'it''s read.a $1' read.b", "'it''s read.a $1' R_b"},
    {"\"read.a\".\"outlay.b\"", "\"read.a\".\"outlay.b\""},
    {"-- read.a\nread.b", "-- read.a\nR_b"},
    {"/* read.a */read.b", "/* read.a */R_b"},
    {"a-read.b/outlay.c", "a-R_b/O_c"},
    {"$$ SELECT read.a $$", "$$ SELECT R_a $$"},
    {"'open read.a", "'open read.a"},
    {"/* open read.a", "/* open read.a"},
    {"-- read.a", "-- read.a"},
    {"caf\xc3\xa9read.a", "caf\xc3\xa9read.a"},
    {"a$b $", "a$b $"},
    {"", ""},
};

TEST(PortableText, whole_tokens_are_translated_and_nothing_else) {
    const sql::Dialect dialect{"R_", "O_", '?'};
    for (const TextCase& test : cases)
        EXPECT_EQ(sql::translate(test.text, dialect), test.translated);
}

TEST(PortableText, translations_are_remembered_by_generation) {
    sql::Translations translations([](std::int64_t generation) {
        return sql::Dialect{generation == 1 ? "g1." : "g2.", "outlay.", '$'};
    });
    const std::string& first = translations.of("read.a $1", 1);
    EXPECT_EQ(first, "g1.a $1");
    EXPECT_EQ(translations.of("read.a $1", 2), "g2.a $1");
    EXPECT_EQ(&translations.of("read.a $1", 1), &first);
}

TEST(PortableText, texts_without_end_do_not_fill_the_memory) {
    sql::Translations translations([](std::int64_t) { return sql::Dialect{"r.", "o.", '$'}; });
    for (int i = 0; i < 5000; ++i) {
        EXPECT_EQ(translations.of("read.a" + std::to_string(i), 1), "r.a" + std::to_string(i));
    }
}

TEST(PortableText, distinct_keys_drop_what_is_asked_twice) {
    using Key = std::vector<sql::Value>;
    const Key keys{std::int64_t{2}, std::string("b"), std::int64_t{1}, sql::Null{},
                   std::int64_t{2}, std::string("b"), std::int64_t{2}, std::string("a")};
    std::vector<Key> distinct;
    for (const auto key : sql::distinct_keys(keys, 2))
        distinct.emplace_back(key.begin(), key.end());
    EXPECT_EQ(distinct, (std::vector<Key>{{std::int64_t{1}, sql::Null{}},
                                          {std::int64_t{2}, std::string("a")},
                                          {std::int64_t{2}, std::string("b")}}));
}

}  // namespace
}  // namespace outlay::tests
