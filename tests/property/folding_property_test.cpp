// Promise: names compare alike in both cases of every letter, and folding is stable. The C
// library's case tables are the independent judge.
#include <clocale>
#include <cwctype>

#include "domain/values/case_folding.hpp"
#include "domain/values/text.hpp"
#include "tests/property/random_input.hpp"

namespace outlay::domain {
namespace {

using property::RandomInput;

class UnicodeLocale {
public:
    UnicodeLocale() : locale_(newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)) {}
    UnicodeLocale(const UnicodeLocale&) = delete;
    UnicodeLocale& operator=(const UnicodeLocale&) = delete;
    ~UnicodeLocale() {
        if (locale_ != nullptr) freelocale(locale_);
    }
    bool ok() const { return locale_ != nullptr; }
    char32_t lower(char32_t code) const {
        return static_cast<char32_t>(towlower_l(static_cast<wint_t>(code), locale_));
    }
    char32_t upper(char32_t code) const {
        return static_cast<char32_t>(towupper_l(static_cast<wint_t>(code), locale_));
    }

private:
    locale_t locale_;
};

struct Block {
    char32_t first;
    char32_t last;
};
// Latin, Greek, Cyrillic.
const std::vector<Block> blocks{
    {0x0000, 0x024F}, {0x0370, 0x03FF}, {0x0400, 0x052F}, {0x1E00, 0x1FFF}};

// The dotted capital I has a lower case only in Turkish, and simple folding leaves it alone.
constexpr char32_t dotted_capital_i = 0x0130;

TEST(FoldingProperty, both_cases_of_every_letter_fold_alike) {
    const UnicodeLocale locale;
    ASSERT_TRUE(locale.ok());
    int pairs = 0;
    for (const Block& block : blocks) {
        for (char32_t code = block.first; code <= block.last; ++code) {
            if (code == dotted_capital_i || locale.lower(code) == code) continue;
            ASSERT_EQ(folded(code), folded(locale.lower(code)))
                << std::hex << static_cast<int>(code);
            ++pairs;
        }
    }
    EXPECT_GT(pairs, 550);
}

TEST(FoldingProperty, joins_only_letters_that_differ_by_case) {
    const UnicodeLocale locale;
    ASSERT_TRUE(locale.ok());
    for (const Block& block : blocks) {
        for (char32_t code = block.first; code <= block.last; ++code) {
            if (folded(code) == code) continue;
            const char32_t other = folded(code);
            const bool same_letter =
                locale.lower(code) == other || locale.upper(code) == locale.upper(other);
            ASSERT_TRUE(same_letter) << std::hex << static_cast<int>(code);
        }
    }
}

TEST(FoldingProperty, folding_twice_is_folding_once) {
    for (char32_t code = 0; code <= 0x10FFFF; ++code) ASSERT_EQ(folded(folded(code)), folded(code));

    RandomInput random;
    const std::vector<std::string> pieces{"A",    "z",    " ", "  ", "Ä",     "ß",  "ẞ",
                                          "Σ",    "ς",    "Ж", "食", "😀",    "\t", "\u00A0",
                                          "\xFF", "\xC3", "İ", "-",  "\u0301"};
    for (int round = 0; round < 20'000; ++round) {
        std::string text;
        for (std::int64_t length = random.number(0, 12); length > 0; --length) {
            text += random.pick(pieces);
        }
        const std::string once = folded(text);
        ASSERT_EQ(folded(once), once);
        ASSERT_EQ(folded("  " + text + " "), once);
        ASSERT_EQ(once.empty(), is_blank(text));
    }
}

}  // namespace
}  // namespace outlay::domain
