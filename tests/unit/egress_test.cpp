// Promise: no URL leads a request to an address that is not public, however the address is spelt
// and whatever a resolver says; an administrator opens ranges, never a whole installation by
// accident.
#include "platform/egress.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <map>
#include <mutex>

namespace outlay::platform {
namespace {

// Names of the test, each with the answers that it gives one after the other.
class ScriptedNetwork final : public Network {
public:
    domain::Result<std::vector<IpAddress>, std::string> resolve(
        const std::string& host) const override {
        ++asked;
        const auto found = names.find(host);
        if (found == names.end()) return domain::Fail{std::string("no such name")};
        const auto& answers = found->second;
        return answers[std::min(asked, answers.size()) - 1];
    }
    std::vector<IpAddress> own_addresses() const override { return own; }

    std::map<std::string, std::vector<std::vector<IpAddress>>> names;
    std::vector<IpAddress> own;
    mutable std::size_t asked = 0;
};

IpAddress address(std::string_view text) {
    const auto parsed = IpAddress::parse(text);
    EXPECT_TRUE(parsed.has_value()) << text;
    return parsed.value_or(IpAddress{});
}

EgressPolicy policy(std::vector<std::string> ranges = {}, bool http = false) {
    EgressPolicy made;
    for (const auto& range : ranges) made.allowed.push_back(AddressRange::parse(range).value());
    made.http = http;
    return made;
}

bool lets_through(const Egress& egress, const std::string& url) {
    return egress.check(url).ok();
}

TEST(Addresses, are_public_only_outside_of_every_special_range) {
    for (const char* open : {"1.1.1.1", "93.184.216.34", "172.15.0.1", "172.32.0.1", "100.63.1.1",
                             "100.128.0.1", "2606:4700::1111", "2002:0101:0101::1"}) {
        EXPECT_TRUE(is_public(address(open))) << open;
    }
    for (const char* special : {"0.0.0.0",
                                "10.1.2.3",
                                "100.64.0.1",
                                "127.0.0.1",
                                "127.255.1.1",
                                "169.254.169.254",
                                "172.16.0.1",
                                "172.31.255.255",
                                "192.0.0.8",
                                "192.0.2.1",
                                "192.168.1.1",
                                "198.18.0.1",
                                "198.51.100.1",
                                "203.0.113.9",
                                "224.0.0.1",
                                "240.0.0.1",
                                "255.255.255.255",
                                "::",
                                "::1",
                                "::ffff:127.0.0.1",
                                "::127.0.0.1",
                                "64:ff9b::7f00:1",
                                "64:ff9b:1::1",
                                "100::1",
                                "2001:db8::1",
                                "2001:0:1:1:1:1:80ff:fffe",
                                "2002:7f00:1::1",
                                "2002:c0a8:101::1",
                                "fc00::1",
                                "fd12::1",
                                "fe80::1",
                                "fec0::1",
                                "ff02::1",
                                "3fff::1"}) {
        EXPECT_FALSE(is_public(address(special))) << special;
    }
}

TEST(HostLiterals, are_read_in_every_spelling_that_resolvers_take) {
    for (const char* loopback : {"127.0.0.1", "2130706433", "0x7f000001", "017700000001", "127.1",
                                 "127.0.1", "0x7f.1", "0177.0.0.1", "127.0.0.1.", "::1",
                                 "::ffff:127.0.0.1", "0:0:0:0:0:0:0:1", "0X7F.0.0.0x1"}) {
        const auto literal = literal_of(loopback);
        ASSERT_TRUE(literal.is_number && literal.address) << loopback;
        EXPECT_FALSE(is_public(*literal.address)) << loopback;
    }
    for (const char* malformed : {"256.0.0.1", "1.2.3.4.5", "4294967296", "127.0.0.08", "1::2::3",
                                  "fe80::1%eth0", "1.2..3", "0x100000000"}) {
        const auto literal = literal_of(malformed);
        EXPECT_TRUE(literal.is_number) << malformed;
        EXPECT_FALSE(literal.address.has_value()) << malformed;
    }
    for (const char* name : {"example.org", "a1.b2", "1.example", "0x7f.example", "localhost"}) {
        EXPECT_FALSE(literal_of(name).is_number) << name;
    }
}

TEST(WebAddresses, are_taken_apart_strictly) {
    const auto web = parse_web_address("HTTPS://Hooks.Example.org./a?b=c", {});
    ASSERT_TRUE(web.ok());
    EXPECT_EQ(web->text(), "https://hooks.example.org:443/a?b=c");
    EXPECT_EQ(parse_web_address("https://example.org", {})->text(), "https://example.org:443/");
    EXPECT_EQ(parse_web_address("https://example.org?x", {})->text(), "https://example.org:443/?x");
    for (const std::string wrong : {"",
                                    "example.org",
                                    "http://example.org/",
                                    "ftp://example.org/",
                                    "https:/example.org",
                                    "https://",
                                    "https:///a",
                                    "https://user@example.org/",
                                    "https://a:b@example.org/",
                                    "https://example.org/#a",
                                    "https://example.org:0/",
                                    "https://example.org:65536/",
                                    "https://example.org:/",
                                    "https://example.org:443x/",
                                    "https://exa mple.org/",
                                    "https://example.org/a\nb",
                                    "https://b\xc3\xbc"
                                    "cher.example/",
                                    "https://-a.example/",
                                    "https://a..example/",
                                    "https://[127.0.0.1]/",
                                    "https://[::1/",
                                    "https://a\\b.example/",
                                    "https://example.org%2f@127.0.0.1/"}) {
        EXPECT_FALSE(parse_web_address(wrong, {}).ok()) << wrong;
    }
    EXPECT_FALSE(parse_web_address("https://example.org/" + std::string(2048, 'a'), {}).ok());
    EXPECT_TRUE(parse_web_address("http://example.org/", policy({}, true)).ok());
}

TEST(Egress, judges_every_address_of_a_name) {
    ScriptedNetwork network;
    network.names = {{"good.example", {{address("93.184.216.34"), address("2606:4700::1")}}},
                     {"mixed.example", {{address("93.184.216.34"), address("10.0.0.1")}}},
                     {"empty.example", {{}}}};
    const Egress egress({}, network);
    const auto checked = egress.check("https://good.example/a");
    ASSERT_TRUE(checked.ok());
    EXPECT_EQ(checked->addresses.size(), 2U);
    EXPECT_FALSE(lets_through(egress, "https://mixed.example/"));
    const auto unknown = egress.check("https://unknown.example/");
    ASSERT_FALSE(unknown.ok());
    EXPECT_FALSE(unknown.error().is_refused) << "it may resolve later";
    EXPECT_FALSE(lets_through(egress, "https://empty.example/"));
}

TEST(Egress, asks_for_a_name_once_per_check) {
    ScriptedNetwork network;
    network.names = {{"rebind.example", {{address("93.184.216.34")}, {address("127.0.0.1")}}}};
    const Egress egress({}, network);
    const auto first = egress.check("https://rebind.example/");
    ASSERT_TRUE(first.ok());
    EXPECT_EQ(network.asked, 1U);
    EXPECT_EQ(first->addresses, std::vector{address("93.184.216.34")});
    EXPECT_FALSE(lets_through(egress, "https://rebind.example/")) << "the next attempt";
}

TEST(Egress, refuses_the_addresses_of_its_own_machine) {
    ScriptedNetwork network;
    network.own = {address("93.184.216.34")};
    network.names = {{"self.example", {{address("93.184.216.34")}}}};
    EXPECT_FALSE(lets_through(Egress({}, network), "https://self.example/"));
    EXPECT_FALSE(lets_through(Egress({}, network), "https://93.184.216.34/"));
}

TEST(Egress, keeps_to_the_usual_ports_but_for_listed_addresses) {
    ScriptedNetwork network;
    const Egress strict({}, network);
    EXPECT_TRUE(lets_through(strict, "https://1.1.1.1:8443/"));
    EXPECT_FALSE(lets_through(strict, "https://1.1.1.1:22/"));
    EXPECT_FALSE(lets_through(strict, "https://1.1.1.1:80/"));
    const Egress open(policy({"127.0.0.0/8"}, true), network);
    EXPECT_TRUE(lets_through(open, "http://127.0.0.1:9999/hook"));
    EXPECT_TRUE(lets_through(open, "http://0x7f.1:9999/hook"));
    EXPECT_FALSE(lets_through(open, "http://10.0.0.1/"));
    EXPECT_FALSE(lets_through(open, "http://1.1.1.1:9999/"));
    EXPECT_FALSE(lets_through(open, "http://[::1]/"));
    EXPECT_TRUE(lets_through(Egress(policy({"::1"}, true), network), "http://[::1]:81/"));
}

TEST(AddressRanges, are_written_as_address_and_length) {
    EXPECT_TRUE(AddressRange::parse("10.0.0.0/8")->contains(address("10.255.0.1")));
    EXPECT_FALSE(AddressRange::parse("10.0.0.0/8")->contains(address("11.0.0.1")));
    EXPECT_TRUE(AddressRange::parse("fd00::/9")->contains(address("fd7f::1")));
    EXPECT_FALSE(AddressRange::parse("fd00::/9")->contains(address("fd80::1")));
    EXPECT_TRUE(AddressRange::parse("0.0.0.0/0")->contains(address("8.8.8.8")));
    EXPECT_FALSE(AddressRange::parse("0.0.0.0/0")->contains(address("2606::1")));
    for (const char* wrong :
         {"", "10.0.0.0/33", "10.0.0.0/", "10.0.0/8", "::/129", "x/8", "1/-1"}) {
        EXPECT_FALSE(AddressRange::parse(wrong).has_value()) << wrong;
    }
}

// Answers nothing until it is let go.
class StuckNetwork final : public Network {
public:
    domain::Result<std::vector<IpAddress>, std::string> resolve(const std::string&) const override {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return is_free_; });
        ++answered_;
        changed_.notify_all();
        return std::vector{address("93.184.216.34")};
    }
    std::vector<IpAddress> own_addresses() const override { return {}; }
    void let_go() {
        const std::lock_guard lock(mutex_);
        is_free_ = true;
        changed_.notify_all();
    }
    void wait_for_answers(int count) const {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return answered_ == count; });
    }

private:
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    mutable int answered_ = 0;
    bool is_free_ = false;
};

TEST(Egress, does_not_wait_for_a_resolver_that_is_stuck) {
    const auto stuck = std::make_shared<StuckNetwork>();
    const BoundedNetwork network(stuck, std::chrono::milliseconds{5});
    constexpr int questions_max = 64;
    for (int asked = 0; asked < questions_max + 1; ++asked) {
        const auto found = network.resolve("hooks.example.org");
        ASSERT_FALSE(found.ok());
        EXPECT_NE(found.error().find("in time"), std::string::npos);
    }
    stuck->let_go();
    stuck->wait_for_answers(questions_max);
    const BoundedNetwork patient(stuck, std::chrono::minutes{1});
    const Egress egress({}, patient);
    const auto checked = egress.check("https://hooks.example.org/");
    ASSERT_TRUE(checked.ok());
    EXPECT_EQ(checked->addresses, std::vector{address("93.184.216.34")});
}

}  // namespace
}  // namespace outlay::platform
