// One lane's round: open what is sealed, sign, send, note.
#include "platform/log.hpp"
#include "workers/notifier/notifier.hpp"

namespace outlay::workers::notifier {

namespace {

void complain(std::string_view what, const sql::Error& error) {
    platform::log(platform::LogLevel::warning, what, {{"error", error.detail}});
}

}  // namespace

std::string seal_context(const domain::WorkspaceId& workspace, const domain::ChannelId& channel) {
    return workspace.text() + "/" + channel.text();
}

Attempt Courier::send(const Claim& claim, const Delivery& delivery) const {
    const auto context = seal_context(claim.workspace, claim.channel);
    const auto url = platform::open_sealed(keys_, context, claim.sealed_target);
    std::vector<std::string> secrets;
    for (const auto& sealed : claim.sealed_secrets) {
        if (auto secret = platform::open_sealed(keys_, context, sealed))
            secrets.push_back(std::move(*secret));
    }
    Attempt attempt;
    if (!url || secrets.empty()) {
        attempt.error = "the channel's secrets cannot be opened with the keys of this node";
        return attempt;
    }
    const auto request = webhook_request(delivery.message, *url, secrets, clock_.now());
    if (!request) {
        attempt.error = "the channel's secret is malformed";
        return attempt;
    }
    const auto begun = clock_.monotonic();
    attempt = attempt_of(client_.post(*request));
    attempt.millis =
        std::chrono::duration_cast<std::chrono::milliseconds>(clock_.monotonic() - begun).count();
    return attempt;
}

void Courier::deliver(const Claim& claim) {
    auto health = claim.health;
    for (const auto& delivery : claim.deliveries) {
        const auto attempt = send(claim, delivery);
        const auto kept = lanes_.record(claim, delivery, health, attempt);
        if (!kept.ok()) return complain("a delivery could not be noted", kept.error());
        if (!*kept) return;  // the lease ran out; whoever has the lane now goes on
        health = **kept;
        if (!health.may_be_called(clock_.now())) break;
    }
    const auto released = lanes_.release(claim);
    if (!released.ok()) complain("a lane could not be given back", released.error());
}

}  // namespace outlay::workers::notifier
