// `outlay admin reseal`: what belongs to channels is sealed anew with the first key.
#include <iostream>

#include "app/outside.hpp"
#include "app/place.hpp"
#include "app/progress.hpp"
#include "app/roles.hpp"
#include "app/signals.hpp"
#include "platform/json/writer.hpp"
#include "platform/secret_file.hpp"
#include "workers/notifier/reseal.hpp"

namespace outlay::app {

namespace {

using workers::notifier::Resealing;

constexpr int some_unopened = 1;
constexpr int not_done = 3;  // the next one goes on from there

Outcome<platform::SealKeys> keys_for(const Settings& settings) {
    const auto file =
        settings.data_dir.empty() ? settings.root_secret_file : settings.data_dir + "/root.secret";
    const auto secret = platform::load_secret(file);
    if (!secret.ok()) return domain::Fail{secret.error().detail};
    return seal_keys(settings, *secret);
}

void print(const Resealing& done, bool as_json) {
    if (!as_json) {
        std::cout << done.resealed << " texts were sealed with the first key\n";
        for (const auto& channel : done.unopened)
            std::cout << "channel " << channel.text() << " holds a text that no key opens\n";
        if (done.is_whole && done.unopened.empty())
            std::cout << "no other key is needed any more\n";
        return;
    }
    std::string text;
    json::Writer out(text);
    out.begin_object().field("resealed", done.resealed).field("finished", done.is_whole);
    out.key("unopened").begin_array();
    for (const auto& channel : done.unopened) out.string(channel.text());
    out.end_array().end_object();
    std::cout << text << "\n";
}

}  // namespace

int reseal(const Settings& settings) {
    block_signals();
    const auto keys = keys_for(settings);
    if (!keys.ok()) return fail(keys.error());
    const auto store = needed_store(settings);
    if (!store.ok()) return fail(store.error());
    const auto total = workers::notifier::count_seals(**store);
    if (!total.ok()) return fail("the store: " + total.error().detail);
    Progress progress("looked at", "sealed texts", *total);
    const auto told = [&progress](std::int64_t count) {
        progress.add(count);
        return !wait_for_end(std::chrono::milliseconds{0});
    };
    const auto done = workers::notifier::reseal(**store, *keys, told);
    if (!done.ok()) {
        fail("the store: " + done.error().detail + " (`outlay admin reseal` goes on from here)");
        return not_done;
    }
    progress.end();
    print(*done, settings.json);
    if (!done->is_whole) return not_done;
    return done->unopened.empty() ? 0 : some_unopened;
}

}  // namespace outlay::app
