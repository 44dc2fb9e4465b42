// The texts of ids, positions, hashes and keys: what is read has exactly one spelling, so that two
// spellings never stand for one thing where texts are compared.
#include "api/auth/key_text.hpp"
#include "api/resources/flow_position.hpp"
#include "domain/values/ids.hpp"
#include "journal/position.hpp"
#include "journal/record.hpp"
#include "tests/fuzz/promise.hpp"
#include "tests/fuzz/targets.hpp"

namespace outlay::fuzz {

namespace {

constexpr platform::Secret secret{1, 2, 3};

template <typename AnyId>
void check_id(std::string_view input) {
    const auto id = AnyId::parse(input);
    if (id) promise(id->text() == input, "an id has one spelling");
}

template <typename... AnyId>
void check_ids(std::string_view input) {
    (check_id<AnyId>(input), ...);
    const int readings = (0 + ... + (AnyId::parse(input).has_value() ? 1 : 0));
    promise(readings <= 1, "an id is of one kind");
}

void check_uuid(std::string_view input) {
    const auto uuid = domain::Uuid::parse(input);
    if (uuid) promise(domain::Uuid::parse(uuid->text()) == uuid, "a UUID survives its text");
    const auto short_form = domain::uuid_of_base32(input);
    if (short_form) promise(domain::base32_of(*short_form) == input, "base32 has one spelling");
}

void check_position(std::string_view input) {
    const auto position = journal::Position::parse(input);
    if (!position) return;
    promise(position->partition >= 0 && position->offset >= 0, "a position is not negative");
    promise(position->text() == input, "a position has one spelling");
    const std::string token = api::seal_position(secret, "journal", *position);
    const auto opened = api::open_position(secret, "journal", token);
    const auto* const same = std::get_if<journal::Position>(&opened);
    promise(same != nullptr && *same == *position, "a sealed position opens as it was");
    promise(std::holds_alternative<api::ForeignToken>(api::open_position(secret, "other", token)),
            "another journal tells a foreign token");
}

void check_foreign_token(std::string_view input) {
    const auto opened = api::open_position(secret, "journal", input);
    const auto* const position = std::get_if<journal::Position>(&opened);
    if (position == nullptr) return;
    promise(api::seal_position(secret, "journal", *position) == input,
            "a token that opens was sealed here");
}

void check_hash(std::string_view input) {
    const auto hash = journal::EventHash::parse(input);
    if (!hash) return;
    promise(hash->is_none() || hash->hex() == input, "a hash has one spelling");
}

}  // namespace

void fuzz_token(std::string_view input) {
    check_ids<domain::WorkspaceId, domain::ExpenseId, domain::CategoryId, domain::BudgetId,
              domain::ThresholdId, domain::AlertId, domain::MemberId, domain::UserId, domain::KeyId,
              domain::CommandId, domain::EventId>(input);
    check_uuid(input);
    check_position(input);
    check_foreign_token(input);
    check_hash(input);
    if (api::is_key_text(input)) promise(api::key_last4(input).size() == 4, "a key ends in four");
}

}  // namespace outlay::fuzz
