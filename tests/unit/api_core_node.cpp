// Composition of the test node, in the order in which the parts need each other.
#include "tests/unit/api_core_node.hpp"

#include <unistd.h>

#include <atomic>

#include "api/auth/identity.hpp"
#include "api/resources/message_watch.hpp"
#include "journal/genesis.hpp"
#include "migrations/migrations.hpp"
#include "platform/memory/journal.hpp"
#include "platform/sqlite/store.hpp"
#include "platform/zones/system_zones.hpp"
#include "workers/projector.hpp"
#include "workers/schema.hpp"

namespace outlay::tests {

namespace {

constexpr platform::Secret root_secret{7, 7, 7};
constexpr std::int32_t partitions = 4;

// Every name leads to one public address.
class ScriptedNetwork final : public platform::Network {
public:
    domain::Result<std::vector<platform::IpAddress>, std::string> resolve(
        const std::string&) const override {
        return std::vector{*platform::IpAddress::parse("93.184.216.34")};
    }
    std::vector<platform::IpAddress> own_addresses() const override { return {}; }
};

// Shows the system's time, later by what was let pass.
class ShiftedClock final : public platform::Clock {
public:
    domain::Instant now() const override { return {system_.now().micros + shift_micros_}; }
    std::chrono::steady_clock::time_point monotonic() const override { return system_.monotonic(); }
    void pass(std::chrono::microseconds time) { shift_micros_ += time.count(); }

private:
    platform::SystemClock system_;
    std::atomic<std::int64_t> shift_micros_{0};
};

std::unique_ptr<sql::Store> open_store(const std::filesystem::path& folder,
                                       const platform::Clock& clock) {
    auto opened = sqlite::open_store(folder / "store.db");
    CHECK(opened.ok(), "the store does not open");
    CHECK(workers::migrate(**opened, migrations::sqlite(), clock).ok(), "no schema");
    return std::move(*opened);
}

std::filesystem::path new_folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "outlay-api-XXXXXX").string();
    CHECK(::mkdtemp(pattern.data()) != nullptr, "no temporary folder");
    return pattern;
}

std::vector<std::string> split(const std::string& text, char separator) {
    std::vector<std::string> parts;
    std::size_t begin = 0;
    while (begin <= text.size()) {
        const auto end = std::min(text.find(separator, begin), text.size());
        parts.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return parts;
}

api::RequestHead head_of(api::Method method, const std::string& target) {
    api::RequestHead head;
    head.method = method;
    head.target = target;
    const auto question = std::min(target.find('?'), target.size());
    if (question > 1) head.path = split(target.substr(1, question - 1), '/');
    if (question < target.size()) {
        for (const auto& pair : split(target.substr(question + 1), '&')) {
            const auto equals = std::min(pair.find('='), pair.size());
            head.query.emplace_back(pair.substr(0, equals),
                                    pair.substr(std::min(equals + 1, pair.size())));
        }
    }
    head.request_id = "req_test";
    return head;
}

}  // namespace

struct ApiNode::Parts {
    ShiftedClock clock;
    platform::SystemZones zones;
    memory::MemoryJournal log{partitions, clock};
    std::unique_ptr<sql::Store> store;
    platform::Pool pool{4, 1000};
    journal::Outcomes outcomes;
    journal::Turns turns;
    journal::PauseBoard pauses;
    journal::SubmitShared submit;
    api::Identity identity;
    api::MessageWatch messages;
    ScriptedNetwork network;
    platform::Egress egress{{}, network};
    api::Node node;
    api::Dispatch dispatch;
    workers::Projector projector;

    explicit Parts(const std::filesystem::path& folder)
        : store(open_store(folder, clock)),
          outcomes(*store, clock, {}),
          submit{log,    journal::open_journal(log, "jrn_test").value(),
                 *store, outcomes,
                 turns,  pool,
                 clock,  zones,
                 {},     &pauses},
          identity(*store, pool, clock, root_secret),
          messages(*store, pool, clock),
          node{submit,      *store,   pool,   clock,    zones,
               root_secret, identity, egress, messages, {platform::Secret{3}},
               true},
          dispatch(node, api::RouteTable(api::every_route())),
          projector({log, log, *store, clock, [this] { outcomes.signal(); }, &pauses}, {}) {
        projector.start();
    }
};

ApiNode::ApiNode() : folder_(new_folder()), parts_(std::make_unique<Parts>(folder_)) {
    parts_->node.submitters.emplace(&loop_,
                                    std::make_unique<journal::Submitter>(parts_->submit, loop_));
    const auto owner = api::make_first_owner(*parts_->store, parts_->clock, root_secret);
    CHECK(owner.ok() && owner->has_value(), "no owner");
    owner_key_ = (*owner)->secret;
}

ApiNode::~ApiNode() {
    parts_->projector.stop();
    parts_->outcomes.stop();
    parts_->pool.stop();
    parts_->node.submitters.clear();
    parts_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

api::Node& ApiNode::node() {
    return parts_->node;
}
journal::PauseBoard& ApiNode::pauses() {
    return parts_->pauses;
}
sql::Store& ApiNode::store() {
    return *parts_->store;
}

void ApiNode::pass(std::chrono::milliseconds time) {
    parts_->clock.pass(time);
}
const platform::Clock& ApiNode::clock() const {
    return parts_->clock;
}

Answered ApiNode::ask(const std::string& key, api::Method method, const std::string& target,
                      const std::string& body, const Fields& headers) {
    auto head = head_of(method, target);
    if (!key.empty()) head.headers.add("Authorization", "Bearer " + key);
    for (const auto& [name, value] : headers) head.headers.add(name, value);
    if (!body.empty()) {
        head.headers.add("Content-Length", std::to_string(body.size()));
        if (head.headers.count("Content-Type") == 0)
            head.headers.add("Content-Type", "application/json");
    }
    auto verdict = loop_.run(parts_->dispatch.admit(head, loop_));
    Answered answered;
    if (auto* const admitted = std::get_if<api::Admitted>(&verdict)) {
        answered.response = loop_.run(parts_->dispatch.handle(
            {std::move(head), body, nullptr, &loop_}, std::move(admitted->route_state)));
    } else {
        answered.response = std::get<api::Response>(std::move(verdict));
    }
    auto parsed = json::parse(answered.response.body);
    if (parsed.ok()) answered.body = std::move(*parsed);
    return answered;
}

Answered ApiNode::get(const std::string& target, const Fields& headers) {
    return ask(owner_key_, api::Method::get, target, {}, headers);
}
Answered ApiNode::post(const std::string& target, const std::string& body, const Fields& headers) {
    return ask(owner_key_, api::Method::post, target, body, headers);
}
Answered ApiNode::patch(const std::string& target, const std::string& body, const Fields& headers) {
    return ask(owner_key_, api::Method::patch, target, body, headers);
}
Answered ApiNode::remove(const std::string& target, const Fields& headers) {
    return ask(owner_key_, api::Method::delete_, target, {}, headers);
}

std::string ApiNode::workspace() {
    const auto made = post("/v1/workspaces",
                           R"({"name":"Home","base_currency":"EUR","time_zone":"Europe/Berlin"})");
    CHECK(made.status() == 201, "no workspace");
    return "/v1/workspaces/" + made.text("id");
}

std::string ApiNode::person(const std::string& workspace, const std::string& role) {
    const auto name = "Person " + std::to_string(++people_);
    const auto made =
        post(workspace + "/members",
             R"({"name":")" + name + R"(","email":"person@example.com","role":")" + role + "\"}");
    CHECK(made.status() == 201, "no person");
    return made.text("key");
}

std::string Answered::text(std::string_view path) const {
    const json::Value* value = &body;
    while (!path.empty() && value != nullptr) {
        const auto dot = std::min(path.find('.'), path.size());
        value = value->kind() == json::Kind::object ? value->find(path.substr(0, dot)) : nullptr;
        path.remove_prefix(std::min(dot + 1, path.size()));
    }
    if (value == nullptr) return "";
    switch (value->kind()) {
        case json::Kind::null:
            return "null";
        case json::Kind::boolean:
            return value->boolean() ? "true" : "false";
        case json::Kind::number:
        case json::Kind::string:
            return value->text();
        case json::Kind::array:
        case json::Kind::object:
            return std::string(value->raw());
    }
    return "";
}

std::vector<std::string> Answered::data(std::string_view member) const {
    std::vector<std::string> texts;
    const auto* const items = body.kind() == json::Kind::object ? body.find("data") : nullptr;
    if (items == nullptr) return texts;
    for (const auto& item : items->items()) {
        const auto* const value = item.find(member);
        texts.push_back(value == nullptr ? "" : value->is_null() ? "null" : value->text());
    }
    return texts;
}

}  // namespace outlay::tests
