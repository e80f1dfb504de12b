// core/number/numbering.h — sections `numbering` (of the house and of each domain) and `rewrites`
// of a configuration, ready to be asked.
//
// Pure, immutable once made; any thread may ask.  Made of each configuration that is checked.
// `domain` is a name in `domains`; "" and a domain that is gone are the house.

#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/flaw.h"
#include "core/config/config.h"
#include "core/config/loader.h"
#include "core/number/dial_form.h"
#include "core/number/number.h"
#include "core/number/range_table.h"
#include "core/number/region.h"
#include "core/number/rewrite.h"

namespace pbx::number {

class Numbering {
 public:
  using ReadFile = std::function<core::Result<std::string>(const std::filesystem::path&)>;

  // Numbers of extensions are internal in their domain.  Flaws: what NumberPlan::open(),
  // RewriteSet::compile() and RangeTable::read() refuse; their paths are those of the
  // documentation.
  [[nodiscard]] static core::Checked<Numbering> make(const config::Config& config,
                                                     const ReadFile& read_table);

  [[nodiscard]] const NumberPlan& plan(std::string_view domain = {}) const {
    return of(domain).plan;
  }
  // Of the house and of every domain.
  [[nodiscard]] std::vector<const NumberPlan*> plans() const;
  // Null: no set of that name.
  [[nodiscard]] const RewriteSet* find_rewrites(std::string_view name) const;
  // `number` after the rules of `set`; as it was without such a set, or if they fail.
  [[nodiscard]] std::string rewrite(std::string_view set, std::string_view number) const;
  // In its stored form; what is no number, as a SIP user name, is its text, kUnknown.
  [[nodiscard]] Number read(std::string_view text, std::string_view domain = {}) const;
  // As a trunk of `domain` wants it; `dialled` is what kAsDialled means.
  [[nodiscard]] std::string written(const Number& number, config::NumberWriting writing,
                                    std::string_view dialled, std::string_view domain = {}) const;
  // `language`: "en", "ru".
  [[nodiscard]] Region region_of(const Number& number, std::string_view language,
                                 std::string_view domain = {}) const;

 private:
  struct OfDomain {
    NumberPlan plan;
    DialForm national;  // as one dials within the country of the plan: 8…, 810… in Russia
    std::optional<RangeTable> ranges;
  };
  // Nullopt: flaws were told.
  [[nodiscard]] static std::optional<OfDomain> make_domain(const config::Config& config,
                                                           const std::string& name,
                                                           const ReadFile& read_table,
                                                           std::vector<core::Flaw>& flaws);
  [[nodiscard]] const OfDomain& of(std::string_view domain) const;

  std::map<std::string, OfDomain, std::less<>> domains_;  // "" is there always
  std::map<std::string, RewriteSet, std::less<>> rewrites_;
};

// Its match is a WrittenPattern.
[[nodiscard]] RewriteRule rewrite_rule(const config::RewriteRule& rule);

// What becomes of a number, for people.
struct NumberExplanation {
  struct Set {
    std::string name;
    std::vector<RewriteStep> steps;
  };
  std::vector<Set> sets;  // in the order they were applied in
  std::string rewritten;  // after all of them
  std::optional<Number> number;
  std::string problem;  // why there is no number
  Region region;
  std::string sent;  // how the trunk would be sent it; "" without a trunk or a number
};

struct NumberQuestion {
  std::string_view text;
  const std::vector<std::string>& sets;  // REQUIRES: sets of these names exist
  std::string_view domain;
};

// Applies the sets one after the other, then normalise().  The region in `language`.
[[nodiscard]] NumberExplanation explain_number(const Numbering& numbering,
                                               const NumberQuestion& question,
                                               std::string_view language);

}  // namespace pbx::number
