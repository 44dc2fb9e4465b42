// Promise: after a change of keys everything opens with the new one alone, whenever the work was
// ended in between, and what no key opens is left as it is and told.
#include "workers/notifier/reseal.hpp"

#include <gtest/gtest.h>

#include "tests/unit/projector_world.hpp"
#include "views/channel_seals.hpp"

namespace outlay::tests {
namespace {

using platform::SealKeys;
using workers::notifier::Resealing;

constexpr platform::Secret older{1, 2, 3};
constexpr platform::Secret newer{4, 5, 6};

class Resealed : public testing::Test {
protected:
    void add(int count, const SealKeys& keys) {
        const auto done = files_.store().transact(
            {sql::Access::admin, std::nullopt}, [&](sql::Session& session) -> sql::Status {
                for (int number = 0; number < count; ++number) {
                    const auto row = one_more(keys);
                    const auto added = session.execute(
                        "INSERT INTO outlay.channel_seals (id, workspace, channel, sealed,"
                        " created_at) VALUES ($1, $2, $3, $4, '2026-11-20T08:15:00.000000Z')",
                        row);
                    if (!added.ok()) return domain::Fail{added.error()};
                }
                return domain::Done{};
            });
        ASSERT_TRUE(done.ok());
    }
    std::vector<sql::Value> one_more(const SealKeys& keys) {
        const auto name = std::to_string(++made_);
        const domain::ChannelId channel{platform::uuid_of_name({}, "channel " + name)};
        const auto context = views::seal_context(home_, channel);
        return {platform::uuid_of_name({}, "seal " + name).text(), home_.value.text(),
                channel.value.text(), platform::seal(keys, context, "text " + name)};
    }
    Resealing reseal(const SealKeys& keys, int batches = 1000) {
        const auto done = workers::notifier::reseal(
            files_.store(), keys, [&batches](std::int64_t) { return --batches > 0; });
        EXPECT_TRUE(done.ok());
        return done.ok() ? *done : Resealing{};
    }
    // How many texts open with these keys, in their own contexts.
    int opened_by(const SealKeys& keys) {
        int count = 0;
        for (const auto& line : rows_of(
                 files_.store(), "SELECT workspace, channel, sealed FROM outlay.channel_seals")) {
            constexpr std::size_t uuid_chars = 36;
            const domain::ChannelId channel{
                *domain::Uuid::parse(line.substr(uuid_chars + 1, uuid_chars))};
            const auto sealed = line.substr(2 * (uuid_chars + 1));
            const auto context = views::seal_context(home_, channel);
            count += platform::open_sealed(keys, context, sealed) ? 1 : 0;
        }
        return count;
    }

    SqliteProjectorStore files_;
    domain::WorkspaceId home_{platform::uuid_of_name({}, "home")};
    int made_ = 0;
};

TEST_F(Resealed, opens_with_the_first_key_alone) {
    add(450, {older});
    add(3, {newer, older});
    EXPECT_EQ(workers::notifier::count_seals(files_.store()).value(), 453);
    const auto done = reseal({newer, older});
    EXPECT_TRUE(done.is_whole);
    EXPECT_EQ(done.resealed, 450);
    EXPECT_TRUE(done.unopened.empty());
    EXPECT_EQ(opened_by({newer}), 453);
    EXPECT_EQ(opened_by({older}), 0);
    EXPECT_EQ(reseal({newer}).resealed, 0) << "there is nothing left to do";
}

TEST_F(Resealed, in_part_opens_with_both_keys_and_is_finished_by_the_next_one) {
    add(450, {older});
    const auto ended = reseal({newer, older}, 1);
    EXPECT_FALSE(ended.is_whole);
    EXPECT_EQ(ended.resealed, 200);
    EXPECT_EQ(opened_by({newer, older}), 450);
    const auto rest = reseal({newer, older});
    EXPECT_TRUE(rest.is_whole);
    EXPECT_EQ(rest.resealed, 250);
    EXPECT_EQ(opened_by({newer}), 450);
}

TEST_F(Resealed, finds_what_a_server_with_the_old_key_sealed_meanwhile) {
    add(450, {older});
    int rounds = 0;
    const auto done = workers::notifier::reseal(files_.store(), {newer, older}, [&](std::int64_t) {
        if (++rounds == 2) add(5, {older, newer});
        return true;
    });
    ASSERT_TRUE(done.ok());
    EXPECT_TRUE(done->is_whole);
    EXPECT_EQ(done->resealed, 455);
    EXPECT_EQ(opened_by({newer}), 455);
}

TEST_F(Resealed, leaves_and_names_what_no_key_opens) {
    add(2, {older});
    add(1, {platform::Secret{9}});
    const auto done = reseal({newer, older});
    EXPECT_TRUE(done.is_whole);
    EXPECT_EQ(done.resealed, 2);
    EXPECT_EQ(done.unopened,
              (std::set{domain::ChannelId{platform::uuid_of_name({}, "channel 3")}}));
    EXPECT_EQ(opened_by({platform::Secret{9}}), 1);
}

}  // namespace
}  // namespace outlay::tests
