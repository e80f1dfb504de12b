#include "tools/strowger/number_command.h"

#include <cstdio>
#include <utility>

#include <fmt/format.h>

#include "core/config/loader.h"
#include "core/config/suggest.h"
#include "tools/strowger/lines.h"

namespace pbx::tools {
namespace {

void print(std::FILE* out, const std::string& text) { std::fputs(text.c_str(), out); }

std::string region_text(const number::Region& region) {
  std::string text = region.country_name.empty() ? region.country : region.country_name;
  for (const std::string* part : {&region.area, &region.city, &region.operator_name})
    if (!part->empty()) text += (text.empty() ? "" : ", ") + *part;
  return text;
}

const config::Trunk* find_trunk(const config::Config& config, const std::string& name) {
  const auto found = config.trunks.find(name);
  return found == config.trunks.end() ? nullptr : &found->second;
}

}  // namespace

std::string format_number(const std::string& asked, const number::NumberExplanation& explanation) {
  Lines lines;
  add_steps(lines, explanation);
  if (!explanation.number) {
    lines.add("refused", explanation.problem);
    return asked + '\n' + lines.text();
  }
  const number::Number& number = *explanation.number;
  lines.add("number", fmt::format("{}, {}", number.text, number::to_text(number.kind)));
  if (!number.sub_address.empty())
    lines.add("extension", number.sub_address + ", dialled after the answer");
  if (std::string region = region_text(explanation.region); !region.empty())
    lines.add("region", std::move(region));
  if (!explanation.sent.empty()) lines.add("sent out", explanation.sent);
  return asked + '\n' + lines.text();
}

Exit explain_number(const NumberQuestion& question) {
  const auto loaded = config::load(question.conf);
  for (const auto& mistake : loaded.mistakes) print(stderr, mistake.message() + '\n');
  if (!loaded.has_config()) return Exit::kFailed;
  const auto numbering = number::Numbering::make(*loaded.config, config::read_table);
  if (!numbering) {
    for (const core::Flaw& flaw : numbering.error())
      print(stderr, fmt::format("{}: {}\n", flaw.path, flaw.text));
    return Exit::kFailed;
  }
  const config::Trunk* trunk = find_trunk(*loaded.config, question.trunk);
  if (trunk == nullptr && !question.trunk.empty()) {
    print(stderr,
          fmt::format("strowger: {} has no trunk `{}`\n", question.conf.string(), question.trunk));
    return Exit::kFailed;
  }
  if (!question.domain.empty() && !loaded.config->domains.contains(question.domain)) {
    print(stderr, fmt::format("strowger: {}\n",
                              config::not_there("domain", question.domain,
                                                config::keys_of(loaded.config->domains))));
    return Exit::kFailed;
  }
  std::vector<std::string> sets = question.rewrites;
  if (trunk != nullptr && !trunk->rewrites.called_in.empty())
    sets.insert(sets.begin(), trunk->rewrites.called_in);
  for (const std::string& name : sets) {
    if (numbering->find_rewrites(name) != nullptr) continue;
    print(stderr, fmt::format("strowger: {} has no rewrites `{}`\n", question.conf.string(), name));
    return Exit::kFailed;
  }
  const std::string& domain = trunk == nullptr ? question.domain : trunk->domain;
  const auto language = loaded.config->server.language == config::Language::kRu ? "ru" : "en";
  auto told = number::explain_number(*numbering, {question.number, sets, domain}, language);
  if (trunk != nullptr && told.number)
    told.sent = numbering->rewrite(
        trunk->rewrites.called_out,
        numbering->written(*told.number, trunk->number_writing, question.number, domain));
  print(stdout, format_number(question.number, told));
  return told.number ? Exit::kDone : Exit::kFailed;
}

}  // namespace pbx::tools
