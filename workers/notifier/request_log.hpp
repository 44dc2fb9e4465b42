// What the log of deliveries keeps of a request: its header fields, without what must not be read
// there. Pure; any thread.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace outlay::workers::notifier {

using HeaderFields = std::vector<std::pair<std::string, std::string>>;

// As a JSON object. Signatures are masked behind their version, and so is the value of every field
// that is not known to be harmless: what people add to a webhook is mostly a secret.
std::string logged_fields(const HeaderFields& fields);

}  // namespace outlay::workers::notifier
