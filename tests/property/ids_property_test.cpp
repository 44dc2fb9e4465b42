// Promise: ids and their texts correspond one to one, and texts sort like ids.
#include "domain/values/ids.hpp"

#include "tests/property/random_input.hpp"

namespace outlay::domain {
namespace {

using property::RandomInput;

Uuid any_uuid(RandomInput& random) {
    Uuid uuid;
    for (std::uint8_t& byte : uuid.bytes) {
        // Runs of zeros and ones find carries that noise would miss.
        byte = static_cast<std::uint8_t>(random.one_in(4) ? 0xFF * random.number(0, 1)
                                                          : random.number(0, 255));
    }
    return uuid;
}

TEST(IdsProperty, every_id_is_read_back_in_both_forms) {
    RandomInput random;
    for (int round = 0; round < 100'000; ++round) {
        const Uuid uuid = any_uuid(random);
        ASSERT_EQ(uuid_of_base32(base32_of(uuid)), uuid);
        ASSERT_EQ(Uuid::parse(uuid.text()), uuid);
        ASSERT_EQ(BudgetId::parse(BudgetId{uuid}.text()), BudgetId{uuid});
        ASSERT_EQ(ExpenseId::parse(BudgetId{uuid}.text()), std::nullopt);
    }
}

TEST(IdsProperty, texts_sort_like_ids) {
    RandomInput random;
    for (int round = 0; round < 100'000; ++round) {
        const Uuid one = any_uuid(random);
        Uuid other = one;
        other.bytes[static_cast<std::size_t>(random.number(0, 15))] =
            static_cast<std::uint8_t>(random.number(0, 255));
        ASSERT_EQ(base32_of(one) < base32_of(other), one < other);
        ASSERT_EQ(one.text() < other.text(), one < other);
    }
}

TEST(IdsProperty, a_changed_text_is_refused_or_another_id) {
    RandomInput random;
    for (int round = 0; round < 100'000; ++round) {
        const ExpenseId id{any_uuid(random)};
        const std::string text = id.text();
        std::string changed = text;
        const auto at = static_cast<std::size_t>(random.number(0, std::ssize(text) - 1));
        switch (random.number(1, 3)) {
            case 1:
                changed[at] = static_cast<char>(random.number(-128, 127));
                break;
            case 2:
                changed.erase(at, 1);
                break;
            default:
                changed.insert(at, 1, text[at]);
                break;
        }
        const auto read = ExpenseId::parse(changed);
        if (changed == text) continue;
        ASSERT_NE(read, id) << changed;
        if (read) {
            ASSERT_EQ(read->text(), changed);
        }
    }
}

}  // namespace
}  // namespace outlay::domain
