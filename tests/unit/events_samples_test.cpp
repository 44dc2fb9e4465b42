// Promise: what was ever stored can be read. The golden samples in events/samples are stored events
// of every type and schema version; they are read, and written again as the same bytes. The JSON
// Schemas beside them describe them.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "events/codec.hpp"
#include "platform/json/writer.hpp"

namespace outlay::events {
namespace {

const std::filesystem::path folder = OUTLAY_SOURCE_DIR "/events";

std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path);
    EXPECT_TRUE(file.is_open()) << path;
    return {std::istreambuf_iterator<char>(file), {}};
}

struct Sample {
    std::string file;
    std::string type;
    std::int64_t schema = 0;
    bool is_full = false;  // has every member that the type can have
    std::string text;      // without the line feed at the end
};

// "expense.recorded.v1.json" and "expense.recorded.v1.minimal.json".
std::vector<Sample> samples() {
    std::vector<Sample> all;
    for (const auto& entry : std::filesystem::directory_iterator(folder / "samples")) {
        Sample sample;
        sample.file = entry.path().filename().string();
        const std::size_t version = sample.file.rfind(".v");
        EXPECT_NE(version, std::string::npos) << sample.file;
        sample.type = sample.file.substr(0, version);
        sample.schema = std::stoi(sample.file.substr(version + 2));
        sample.is_full = !sample.file.ends_with(".minimal.json");
        sample.text = read_file(entry.path());
        EXPECT_TRUE(sample.text.ends_with("}\n")) << sample.file;
        sample.text.pop_back();
        all.push_back(sample);
    }
    return all;
}

json::Value parsed(const std::string& text) {
    auto value = json::parse(text);
    EXPECT_TRUE(value.ok()) << text;
    return std::move(value).value();
}

std::string schema_file(const std::string& type, std::int64_t schema) {
    return type + ".v" + std::to_string(schema) + ".json";
}

// Calls `visit` for an object and everything below it together with its schema. "before" and
// "after" and lists are entered; alternatives take the one that is no null.
void walk(const json::Value& value, const json::Value& schema,
          const std::function<void(const json::Value&, const json::Value&)>& visit) {
    if (const json::Value* const any = schema.find("anyOf"))
        return walk(value, any->items()[0], visit);
    if (value.kind() == json::Kind::array) {
        ASSERT_NE(schema.find("items"), nullptr) << value.raw();
        for (const json::Value& item : value.items()) walk(item, *schema.find("items"), visit);
    }
    if (value.kind() != json::Kind::object) return;
    ASSERT_NE(schema.find("properties"), nullptr) << value.raw();
    visit(value, schema);
    for (const auto& [name, member] : value.members()) {
        const json::Value* const property = schema.find("properties")->find(name);
        ASSERT_NE(property, nullptr) << name << " is not in the schema";
        walk(member, *property, visit);
    }
}

std::set<std::string> required_of(const json::Value& schema) {
    std::set<std::string> names;
    if (const json::Value* const required = schema.find("required")) {
        for (const json::Value& name : required->items()) names.insert(name.text());
    }
    return names;
}

// The object as text, with one member left out or replaced.
std::string with_member(const json::Value& object, const std::string& changed,
                        const char* replacement) {
    std::string text;
    json::Writer writer(text);
    writer.begin_object();
    for (const auto& [name, member] : object.members()) {
        if (name != changed) {
            writer.key(name).raw(member.raw());
        } else if (replacement != nullptr) {
            writer.key(name).raw(replacement);
        }
    }
    writer.end_object();
    return text;
}

domain::Result<domain::Event, DecodeError> decode_text(const Sample& sample,
                                                       const std::string& text) {
    return decode(sample.type, sample.schema, parsed(text));
}

TEST(EventSamples, are_read_and_written_again_as_the_same_bytes) {
    for (const Sample& sample : samples()) {
        const auto event = decode_text(sample, sample.text);
        ASSERT_TRUE(event.ok()) << sample.file << ": " << event.error().detail;
        const Encoded encoded = encode(*event);
        EXPECT_EQ(encoded.type, sample.type);
        EXPECT_EQ(encoded.schema, sample.schema);
        EXPECT_EQ(encoded.data, sample.text) << sample.file;
    }
}

TEST(EventSamples, exist_with_a_schema_for_every_type_and_version) {
    std::set<std::string> expected;
    for (const TypeVersion& type : known_types()) {
        for (std::int64_t schema = 1; schema <= type.schema; ++schema) {
            expected.insert(schema_file(std::string(type.name), schema));
        }
    }
    std::set<std::string> full_samples;
    for (const Sample& sample : samples()) {
        if (sample.is_full) full_samples.insert(sample.file);
    }
    std::set<std::string> schemas;
    for (const auto& entry : std::filesystem::directory_iterator(folder / "schemas")) {
        schemas.insert(entry.path().filename().string());
    }
    EXPECT_EQ(full_samples, expected);
    EXPECT_EQ(schemas, expected);
}

TEST(EventSamples, hold_what_their_schema_describes_and_all_that_it_requires) {
    for (const Sample& sample : samples()) {
        const std::string text =
            read_file(folder / "schemas" / schema_file(sample.type, sample.schema));
        const json::Value schema = parsed(text);
        EXPECT_EQ(schema.find("title")->text(), sample.type);
        EXPECT_EQ(schema.find("$id")->text(),
                  "urn:outlay:event:" + sample.type + ":" + std::to_string(sample.schema));
        const json::Value value = parsed(sample.text);
        walk(value, schema, [&](const json::Value& object, const json::Value& described) {
            for (const std::string& name : required_of(described)) {
                EXPECT_NE(object.find(name), nullptr) << sample.file << " lacks " << name;
                EXPECT_NE(described.find("properties")->find(name), nullptr) << name;
            }
        });
        if (sample.is_full) {
            EXPECT_EQ(value.members().size(), schema.find("properties")->members().size())
                << sample.file;
        }
    }
}

TEST(EventSamples, without_a_member_are_refused_exactly_if_the_schema_requires_it) {
    for (const Sample& sample : samples()) {
        const std::string text =
            read_file(folder / "schemas" / schema_file(sample.type, sample.schema));
        const std::set<std::string> required = required_of(parsed(text));
        const json::Value value = parsed(sample.text);
        for (const auto& [name, member] : value.members()) {
            const auto event = decode_text(sample, with_member(value, name, nullptr));
            EXPECT_EQ(event.ok(), !required.contains(name)) << sample.file << " without " << name;
            if (event.ok()) continue;
            EXPECT_EQ(event.error().kind, DecodeErrorKind::malformed);
            EXPECT_NE(event.error().detail.find("data/" + name), std::string::npos)
                << event.error().detail;
        }
    }
}

TEST(EventSamples, with_a_member_of_another_type_are_refused) {
    for (const Sample& sample : samples()) {
        const json::Value value = parsed(sample.text);
        for (const auto& [name, member] : value.members()) {
            for (const char* other :
                 {"true", "1.5", "null", "[true]", "{\"a\":1}", R"("\u0001")", "7"}) {
                const json::Value replacement = parsed(other);
                if (replacement.kind() == member.kind() && member.kind() != json::Kind::number)
                    continue;
                if (member.kind() == json::Kind::number && replacement.integer()) continue;
                const auto event = decode_text(sample, with_member(value, name, other));
                EXPECT_FALSE(event.ok()) << sample.file << " with " << name << " = " << other;
            }
        }
    }
}

TEST(EventSamples, with_members_of_a_newer_program_are_read_as_before) {
    for (const Sample& sample : samples()) {
        std::string text = sample.text;
        const std::string added = R"("added_later":{"a":[1,null]})";
        text.insert(1, text == "{}" ? added : added + ",");
        const auto event = decode_text(sample, text);
        ASSERT_TRUE(event.ok()) << sample.file << ": " << event.error().detail;
        EXPECT_EQ(encode(*event).data, sample.text);
    }
}

}  // namespace
}  // namespace outlay::events
