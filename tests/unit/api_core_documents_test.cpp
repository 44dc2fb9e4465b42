// Promise: the description that the binary serves names every route and nothing else, with the
// bodies and answers that the routes really take and give, and all of its references lead
// somewhere.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "api/http/route.hpp"
#include "api/resources/documents.hpp"
#include "domain/channel/message_types.hpp"
#include "platform/json/value.hpp"

namespace outlay::api {
namespace {

using Texts = std::set<std::string>;

const json::Value& api_description() {
    static const auto parsed = json::parse(documents::openapi_json());
    CHECK(parsed.ok(), "the description is no strict JSON");
    return *parsed;
}

std::string lower(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return result;
}

// "post /v1/workspaces" -> the operation.
std::map<std::string, const json::Value*> operations() {
    std::map<std::string, const json::Value*> found;
    for (const auto& [path, item] : api_description().find("paths")->members()) {
        for (const auto& [method, operation] : item.members()) {
            found.emplace(method + " " + path, &operation);
        }
    }
    return found;
}

std::map<std::string, const Route*> routes() {
    std::map<std::string, const Route*> found;
    for (const auto table : every_route()) {
        for (const Route& route : table) {
            found.emplace(lower(method_name(route.method)) + " " + std::string(route.pattern),
                          &route);
        }
    }
    return found;
}

template <typename Entries>
Texts names_of(const Entries& entries) {
    Texts names;
    for (const auto& [name, entry] : entries) names.insert(name);
    return names;
}

// What a local reference ("#/components/...") leads to; null for nothing.
const json::Value* target_of(std::string_view reference) {
    const json::Value* value = &api_description();
    reference.remove_prefix(2);
    while (value != nullptr && !reference.empty()) {
        const auto slash = std::min(reference.find('/'), reference.size());
        value = value->find(reference.substr(0, slash));
        reference.remove_prefix(std::min(slash + 1, reference.size()));
    }
    return value;
}

const json::Value& resolved(const json::Value& value) {
    const auto* const reference = value.find("$ref");
    return reference == nullptr ? value : *target_of(reference->text());
}

Texts media_types_in(const json::Value* holder) {
    const auto* const content = holder == nullptr ? nullptr : resolved(*holder).find("content");
    return content == nullptr ? Texts{} : names_of(content->members());
}

Texts as_set(std::string_view list) {
    Texts texts;
    for (const auto type : entries_of(list)) texts.emplace(type);
    return texts;
}

void collect_references(const json::Value& value, Texts& references) {
    for (const auto& item : value.items()) collect_references(item, references);
    for (const auto& [name, member] : value.members()) {
        if (name == "$ref") references.insert(member.text());
        collect_references(member, references);
    }
}

TEST(TheDescription, names_every_type_of_message_and_nothing_else) {
    Texts described;
    for (const auto& [type, item] : api_description().find("webhooks")->members()) {
        described.insert(type);
        const auto& body = *item.find("post")->find("requestBody")->find("content");
        const auto& json = *body.find("application/json");
        EXPECT_NE(json.find("schema"), nullptr) << type;
        EXPECT_NE(json.find("example"), nullptr) << type;
    }
    Texts known(domain::channel::message_types.begin(), domain::channel::message_types.end());
    known.emplace(domain::channel::test_message);
    EXPECT_EQ(described, known);
}

TEST(OpenApi, names_every_route_and_nothing_else) {
    EXPECT_EQ(names_of(operations()), names_of(routes()));
}

TEST(OpenApi, gives_operations_the_names_of_the_route_table) {
    const auto described = operations();
    for (const auto& [name, route] : routes()) {
        const auto found = described.find(name);
        if (found == described.end()) continue;
        EXPECT_EQ(found->second->find("operationId")->text(), route->operation_id) << name;
    }
}

TEST(OpenApi, describes_the_bodies_that_routes_take) {
    const auto described = operations();
    for (const auto& [name, route] : routes()) {
        const auto found = described.find(name);
        if (found == described.end()) continue;
        EXPECT_EQ(media_types_in(found->second->find("requestBody")), as_set(route->consumes))
            << name;
    }
}

TEST(OpenApi, describes_the_query_parameters_that_routes_take) {
    const auto described = operations();
    for (const auto& [name, route] : routes()) {
        const auto found = described.find(name);
        if (found == described.end()) continue;
        Texts named;
        if (const auto* const parameters = found->second->find("parameters")) {
            for (const auto& entry : parameters->items()) {
                const auto& parameter = resolved(entry);
                if (parameter.find("in")->text() == "query")
                    named.insert(parameter.find("name")->text());
            }
        }
        Texts taken;
        for (const auto parameter : parameters_of(*route)) taken.emplace(parameter);
        EXPECT_EQ(named, taken) << name;
    }
}

TEST(OpenApi, describes_the_answers_that_routes_give) {
    const auto described = operations();
    for (const auto& [name, route] : routes()) {
        const auto found = described.find(name);
        if (found == described.end()) continue;
        const auto& responses = *found->second->find("responses");
        Texts produced;
        for (const auto& [status, response] : responses.members()) {
            if (status < "300") produced.merge(media_types_in(&response));
        }
        // A route may take a wish for more than it gives (a download that is asked for as JSON).
        const auto offered = as_set(route->produces);
        const bool has_no_body = responses.find("204") != nullptr;
        EXPECT_TRUE(has_no_body || !produced.empty()) << name;
        EXPECT_TRUE(std::ranges::includes(offered, produced)) << name;
        EXPECT_NE(responses.find("default"), nullptr) << name;
        for (const auto* const status : {"401", "503"}) {
            EXPECT_EQ(responses.find(status) == nullptr, route->is_public) << name << " " << status;
        }
        EXPECT_EQ(found->second->find("security") != nullptr, route->is_public) << name;
    }
}

TEST(OpenApi, declares_the_parameters_of_every_path) {
    for (const auto& [name, operation] : operations()) {
        Texts declared;
        const auto* const parameters = operation->find("parameters");
        for (const auto& parameter :
             parameters == nullptr ? std::vector<json::Value>{} : parameters->items()) {
            const auto& full = resolved(parameter);
            if (full.find("in")->text() == "path")
                declared.insert("{" + full.find("name")->text() + "}");
        }
        Texts wanted;
        for (std::size_t begin = name.find('{'); begin != std::string::npos;
             begin = name.find('{', begin + 1)) {
            wanted.insert(name.substr(begin, name.find('}', begin) - begin + 1));
        }
        EXPECT_EQ(declared, wanted) << name;
    }
}

TEST(OpenApi, has_no_dangling_reference) {
    Texts references;
    collect_references(api_description(), references);
    EXPECT_FALSE(references.empty());
    for (const auto& reference : references) EXPECT_NE(target_of(reference), nullptr) << reference;
}

TEST(OpenApi, uses_every_component) {
    Texts references;
    collect_references(api_description(), references);
    for (const auto& [kind, components] : api_description().find("components")->members()) {
        if (kind == "securitySchemes") continue;
        for (const auto& [name, component] : components.members()) {
            EXPECT_TRUE(references.contains("#/components/" + kind + "/" + name))
                << kind << " " << name;
        }
    }
}

TEST(OpenApi, names_every_operation_in_the_page_too) {
    const auto page = documents::reference_html();
    for (const auto& [name, operation] : operations()) {
        const auto anchor = "id=\"" + operation->find("operationId")->text() + "\"";
        EXPECT_NE(page.find(anchor), std::string_view::npos) << name;
    }
}

}  // namespace
}  // namespace outlay::api
