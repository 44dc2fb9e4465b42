// A sealed token opens to what was sealed, and nothing else opens. The first octet of the input
// says how much of it is the purpose; the rest is the payload, and is tried as a token too.
#include "api/http/cursor.hpp"

#include "tests/fuzz/promise.hpp"
#include "tests/fuzz/targets.hpp"

namespace outlay::fuzz {

namespace {

constexpr platform::Secret secret{7, 7, 7};
constexpr platform::Secret other_secret{7, 7, 8};
constexpr std::size_t payload_octets_max = 3000;  // longer ones make tokens that are refused

void check_changed(std::string_view purpose, const std::string& token, std::size_t place) {
    std::string changed = token;
    changed[place] = changed[place] == 'A' ? 'B' : 'A';
    promise(!api::open(secret, purpose, changed), "a changed token does not open");
    promise(!api::open(secret, purpose, token.substr(0, place)), "half a token does not open");
}

void check_sealed(std::string_view purpose, std::string_view payload) {
    const std::string token = api::seal(secret, purpose, payload);
    const auto opened = api::open(secret, purpose, token);
    if (payload.size() <= payload_octets_max) {
        promise(opened == payload, "a sealed token opens to what was sealed");
    }
    promise(!api::open(other_secret, purpose, token), "another secret does not open it");
    promise(!api::open(secret, std::string(purpose) + "x", token), "nor does another purpose");
    check_changed(purpose, token, (payload.size() * 7 + purpose.size()) % token.size());
}

}  // namespace

void fuzz_cursor(std::string_view input) {
    const std::size_t wished = input.empty() ? 0 : static_cast<unsigned char>(input.front());
    const std::string_view rest = input.substr(input.empty() ? 0 : 1);
    const std::string_view purpose = rest.substr(0, wished);
    const std::string_view payload = rest.substr(purpose.size());
    // The keyed hash CHECKs this; fuzz_http_request promises that no path or query holds one.
    if (purpose.find('\0') != std::string_view::npos) return;
    check_sealed(purpose, payload);
    const auto opened = api::open(secret, purpose, payload);
    if (opened) promise(api::seal(secret, purpose, *opened) == payload, "only seal makes tokens");
    const auto decoded = platform::decode_base64url(payload);
    if (decoded) {
        promise(platform::decode_base64url(platform::base64url(*decoded)) == decoded,
                "base64url survives a round trip");
    }
}

}  // namespace outlay::fuzz
