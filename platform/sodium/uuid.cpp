// UUIDs of RFC 9562: from a name (version 5 layout) and ordered by time (version 7).
#include <algorithm>

#include "domain/values/check.hpp"
#include "platform/hash.hpp"

namespace outlay::platform {

namespace {

domain::Uuid stamped(domain::Uuid uuid, std::uint8_t version) {
    uuid.bytes[6] = static_cast<std::uint8_t>((uuid.bytes[6] & 0x0FU) | (unsigned{version} << 4U));
    uuid.bytes[8] = static_cast<std::uint8_t>((uuid.bytes[8] & 0x3FU) | 0x80U);
    return uuid;
}

std::uint64_t random_bits(unsigned count) {
    std::array<std::uint8_t, 8> bytes{};
    random_bytes(bytes.data(), bytes.size());
    std::uint64_t value = 0;
    for (const std::uint8_t byte : bytes) value = (value << 8U) | byte;
    return value >> (64U - count);
}

// The tail of a version 7 UUID: 12 and 62 bits behind the milliseconds.
struct TimeOrder {
    std::int64_t millis = -1;
    std::uint64_t high = 0;
    std::uint64_t low = 0;

    // Always above what was before, also when the clock stands still or steps back (RFC 9562
    // section 6.2, method 2).
    void advance(std::int64_t now) {
        constexpr std::uint64_t low_end = std::uint64_t{1} << 62U;
        const std::uint64_t next = low + 1 + random_bits(31);
        if (now <= millis && next < low_end) {
            low = next;
            return;
        }
        millis = std::max(now, millis + 1);
        high = random_bits(12);
        low = random_bits(61);  // the top bit stays free for counting on
    }
};

}  // namespace

domain::Uuid uuid_of_name(const domain::Uuid& space, std::string_view name) {
    const std::string_view space_bytes{reinterpret_cast<const char*>(space.bytes.data()),
                                       space.bytes.size()};
    const Digest digest = sha256(space_bytes, name);
    domain::Uuid uuid;
    std::copy_n(digest.begin(), uuid.bytes.size(), uuid.bytes.begin());
    return stamped(uuid, 5);
}

domain::Uuid random_uuid_v7(std::int64_t unix_millis) {
    constexpr std::int64_t millis_end = std::int64_t{1} << 48U;
    CHECK(0 <= unix_millis && unix_millis < millis_end,
          "a time outside of what version 7 can name");
    static thread_local TimeOrder order;
    order.advance(unix_millis);
    domain::Uuid uuid;
    for (std::size_t i = 0; i < 6; ++i) {
        uuid.bytes[i] = static_cast<std::uint8_t>((order.millis >> (40U - 8U * i)) & 0xFF);
    }
    uuid.bytes[6] = static_cast<std::uint8_t>(order.high >> 8U);
    uuid.bytes[7] = static_cast<std::uint8_t>(order.high & 0xFFU);
    for (std::size_t i = 0; i < 8; ++i) {
        uuid.bytes[8 + i] = static_cast<std::uint8_t>((order.low >> (56U - 8U * i)) & 0xFFU);
    }
    return stamped(uuid, 7);
}

}  // namespace outlay::platform
