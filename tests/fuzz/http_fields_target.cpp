// The header fields whose grammar is ours: Prefer, If-Match, Accept, Content-Type and
// Idempotency-Key. The whole input is the value of each; a line feed begins a second field.
#include <algorithm>
#include <array>
#include <string>

#include "api/http/etag.hpp"
#include "api/http/field_text.hpp"
#include "api/http/idempotency.hpp"
#include "api/http/media.hpp"
#include "api/http/prefer.hpp"
#include "platform/json/value.hpp"
#include "tests/fuzz/promise.hpp"
#include "tests/fuzz/targets.hpp"

namespace outlay::fuzz {

namespace {

constexpr std::array<std::string_view, 3> offered{"application/json", "text/csv",
                                                  "application/x-ndjson"};

api::Headers fields(std::string_view name, std::string_view input) {
    api::Headers headers;
    const std::size_t end = input.find('\n');
    headers.add(std::string(name), std::string(input.substr(0, end)));
    if (end != std::string_view::npos) {
        headers.add(std::string(name), std::string(input.substr(end + 1)));
    }
    return headers;
}

void check_problem(const api::Problem& problem) {
    promise(problem.status >= 400 && problem.status < 500, "the fault is the client's");
    promise(json::parse(api::problem_document(problem, "req_1")).ok(), "a problem is JSON");
}

void check_prefer(std::string_view input) {
    const api::Preferences preferences = api::preferences_in(fields("Prefer", input));
    if (preferences.wait) {
        promise(preferences.wait->count() >= 0, "nobody waits less than not at all");
        promise(*preferences.wait <= api::prefer_wait_max, "a wait has its bound");
    }
    const std::string applied = api::preference_applied(preferences);
    const api::Preferences again = api::preferences_in(fields("Prefer", applied));
    promise(again.wait == preferences.wait, "the wait that is applied is the one that was read");
    promise(again.respond_async == preferences.respond_async, "so is respond-async");
}

void check_tags(std::string_view input) {
    const auto read = api::tags_in(fields("If-Match", input), "If-Match");
    if (!read.ok()) return check_problem(read.error());
    promise(read.value().has_value(), "a field that is there has tags");
    const api::TagList& list = *read.value();
    promise(list.is_any ? list.tags.empty() : !list.tags.empty(), "a list has tags, or is any");
    promise(!api::matches_strongly(list, std::nullopt), "nothing matches what is not there");
    for (const api::EntityTag& tag : list.tags) {
        promise(tag.text.find('"') == std::string::npos, "a tag has no quote in it");
    }
    promise(!api::matches_strongly(list, 3) || api::matches_weakly(list, 3),
            "a strong match is a weak one");
}

void check_media(std::string_view input) {
    const auto chosen = api::negotiated(fields("Accept", input), offered);
    promise(!chosen || std::ranges::find(offered, *chosen) != offered.end(),
            "what is chosen was offered");
    const api::Headers declared = fields("Content-Type", input);
    const bool is_csv = api::has_media_type(declared, std::array<std::string_view, 1>{"text/csv"});
    promise(!is_csv || api::has_media_type(declared, offered), "one of few is one of more");
}

void check_key(std::string_view input) {
    const auto key = api::idempotency_key_in(fields("Idempotency-Key", input));
    if (!key.ok()) return check_problem(key.error());
    promise(key.value().has_value(), "a field that is there has a key");
    promise(api::is_idempotency_key(**key), "a key that is taken keeps the rule of keys");
}

// Cutting loses nothing but the separators.
void check_cutting(std::string_view input) {
    std::size_t octets = 0;
    std::size_t cuts = 0;
    for (std::string_view rest = input; !rest.empty(); ++cuts) {
        const std::size_t before = rest.size();
        octets += api::cut_unquoted(rest, ',').size();
        promise(rest.size() < before, "cutting goes on");
    }
    promise(octets <= input.size() && input.size() <= octets + cuts, "cutting loses separators");
    promise(!api::is_token(input) || api::token_or_quoted(input) == input, "a token is its text");
}

}  // namespace

void fuzz_http_fields(std::string_view input) {
    check_prefer(input);
    check_tags(input);
    check_media(input);
    check_key(input);
    check_cutting(input);
}

}  // namespace outlay::fuzz
