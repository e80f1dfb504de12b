#include "core/config/describe.h"
#include "core/config/domain_forms.h"

namespace pbx::config {
namespace {

constexpr std::size_t kHostsMax = 16;

}  // namespace

void describe(Visitor& v, Domain& domain) {
  v.list({.name = "hosts",
          .help = "By which hosts SIP addresses name it: what its telephones have as their domain "
                  "or registrar.",
          .example = "north.example.com"},
         domain.hosts, HostForm{}, Count{0, kHostsMax});
  v.section({.name = "numbering", .help = "What its dialled digits mean; see `numbering`."},
            domain.numbering);
  v.option({.name = "plan",
            .help = "The plan of its extensions that name none.",
            .default_text = "defaults.extension.plan",
            .example = "outgoing"},
           domain.plan, kPlainName);
  v.option({.name = "rights",
            .help = "The rights of its extensions that name none.",
            .default_text = "defaults.extension.rights",
            .example = "employees"},
           domain.rights, kPlainName);
}

void describe(Visitor& v, PassageRewrites& rewrites) {
  v.option({.name = "caller",
            .help = "For the caller, who is shown so.",
            .default_text = "none",
            .example = "provider"},
           rewrites.caller, kPlainName);
  v.option({.name = "called",
            .help = "For the number that is called, before it is looked up there.",
            .default_text = "none",
            .example = "provider"},
           rewrites.called, kPlainName);
}

void describe(Visitor& v, Passage& passage) {
  v.option({.name = "from",
            .help = "The domain of who calls; house are the telephones and trunks without one."},
           passage.from, DomainForm{});
  v.option(
      {.name = "to", .help = "The domain that is called.", .example = "north", .required = true},
      passage.to, DomainForm{});
  v.option({.name = "plan",
            .help = "The plan that decides where its calls go; without one they ring extensions "
                    "of the domain, and nothing else.",
            .default_text = "none",
            .example = "incoming"},
           passage.plan, kPlainName);
  v.section({.name = "rewrites", .help = "Sets of `rewrites` for this way."}, passage.rewrites);
}

}  // namespace pbx::config
