// Promise: an id has one text form, other teams can compute it, and no id passes for one of another
// kind.
#include "domain/values/ids.hpp"

#include <gtest/gtest.h>

#include <unordered_set>
#include <vector>

namespace outlay::domain {
namespace {

struct Vector {
    const char* uuid;
    const char* base32;
};
// Published TypeID vectors and the ends of the range.
const std::vector<Vector> vectors{
    {"00000000-0000-0000-0000-000000000000", "00000000000000000000000000"},
    {"00000000-0000-0000-0000-000000000001", "00000000000000000000000001"},
    {"00000000-0000-0000-0000-00000000000a", "0000000000000000000000000a"},
    {"00000000-0000-0000-0000-000000000010", "0000000000000000000000000g"},
    {"00000000-0000-0000-0000-000000000020", "00000000000000000000000010"},
    {"ffffffff-ffff-ffff-ffff-ffffffffffff", "7zzzzzzzzzzzzzzzzzzzzzzzzz"},
    {"01890a5d-ac96-774b-bcce-b302099a8057", "01h455vb4pex5vsknk084sn02q"},
    {"0110c853-1d09-52d8-d73e-1194e95b5f19", "0123456789abcdefghjkmnpqrs"},
};

TEST(Ids, have_the_typeid_and_the_uuid_form) {
    for (const Vector& vector : vectors) {
        const auto uuid = Uuid::parse(vector.uuid);
        ASSERT_TRUE(uuid.has_value()) << vector.uuid;
        EXPECT_EQ(uuid->text(), vector.uuid);
        EXPECT_EQ(base32_of(*uuid), vector.base32);
        EXPECT_EQ(uuid_of_base32(vector.base32), uuid);
    }
}

TEST(Ids, are_written_with_their_prefix) {
    const auto id = ExpenseId::parse("exp_01h455vb4pex5vsknk084sn02q");
    ASSERT_TRUE(id.has_value());
    EXPECT_EQ(id->text(), "exp_01h455vb4pex5vsknk084sn02q");
    EXPECT_EQ(id->value.text(), "01890a5d-ac96-774b-bcce-b302099a8057");
}

TEST(Ids, are_refused_in_any_other_form) {
    for (const char* text : {
             "",
             "exp",
             "exp_",
             "01h455vb4pex5vsknk084sn02q",
             "bud_01h455vb4pex5vsknk084sn02q",
             "exp-01h455vb4pex5vsknk084sn02q",
             "Exp_01h455vb4pex5vsknk084sn02q",
             "exp_01H455VB4PEX5VSKNK084SN02Q",
             "exp_01h455vb4pex5vsknk084sn02",
             "exp_01h455vb4pex5vsknk084sn02qq",
             "exp_81h455vb4pex5vsknk084sn02q",
             "exp_zzzzzzzzzzzzzzzzzzzzzzzzzz",
             "exp_01h455vb4pex5vsknk084sn0iq",
             "exp_01h455vb4pex5vsknk084sn0lq",
             "exp_01h455vb4pex5vsknk084sn0oq",
             "exp_01h455vb4pex5vsknk084sn0uq",
             "exp_01h455vb4pex5vsknk084sn 2q",
             "exp_01h455vb4pex5vsknk084sn\xC3\xA9q",
             " exp_01h455vb4pex5vsknk084sn02q",
         }) {
        EXPECT_EQ(ExpenseId::parse(text), std::nullopt) << text;
    }
}

TEST(Uuids, are_refused_in_any_other_form) {
    for (const char* text : {
             "",
             "01890a5dac96774bbcceb302099a8057",
             "01890A5D-AC96-774B-BCCE-B302099A8057",
             "{01890a5d-ac96-774b-bcce-b302099a8057}",
             "01890a5d-ac96-774b-bcce-b302099a805",
             "01890a5d-ac96-774b-bcce-b302099a80577",
             "01890a5d-ac96-774b-bcce-b302099a805g",
             "01890a5d-ac96-774b-bcceb-302099a8057",
             "01890a5d+ac96-774b-bcce-b302099a8057",
         }) {
        EXPECT_EQ(Uuid::parse(text), std::nullopt) << text;
    }
}

TEST(Ids, are_ordered_and_hashed_by_value) {
    const auto low = Uuid::parse("00000000-0000-0000-0000-000000000001");
    const auto high = Uuid::parse("10000000-0000-0000-0000-000000000000");
    EXPECT_LT(*low, *high);
    EXPECT_FALSE(low->is_nil());
    EXPECT_TRUE(Uuid{}.is_nil());
    const std::unordered_set<ExpenseId> set{ExpenseId{*low}, ExpenseId{*high}, ExpenseId{*low}};
    EXPECT_EQ(set.size(), 2U);
}

}  // namespace
}  // namespace outlay::domain
