// Changing keys: seals what belongs to channels anew with the first key. Blocks; any thread, beside
// servers that run and other processes that do the same.
#pragma once

#include <functional>
#include <set>

#include "domain/values/ids.hpp"
#include "platform/seal.hpp"
#include "platform/sql.hpp"

namespace outlay::workers::notifier {

struct Resealing {
    std::int64_t resealed = 0;
    // Channels with a text that none of the keys opens; it is left as it is.
    std::set<domain::ChannelId> unopened{};
    bool is_whole = false;  // false: it was told to end; the next one goes on
};

// Texts that are sealed, by whatever key.
sql::Result<std::int64_t> count_seals(sql::Store& store);

// Goes on until a whole round finds nothing to do, so that what is sealed meanwhile is dealt with.
// `told` hears how many texts were looked at since it was asked last, batch by batch, and answers
// false to end.
sql::Result<Resealing> reseal(sql::Store& store, const platform::SealKeys& keys,
                              const std::function<bool(std::int64_t)>& told);

}  // namespace outlay::workers::notifier
