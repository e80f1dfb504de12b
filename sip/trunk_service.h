// sip/trunk_service.h — the trunks of one profile at work: where their servers are, whether they
// live, whether we are registered; and telling control of it.
//
// SIP thread.  The decisions are pure and elsewhere (trunk_table.h); this carries them out.

#pragma once

#include <map>
#include <string>

#include "sip/context.h"

namespace pbx::sip {

class TrunkService {
 public:
  // A new configuration: trunks come, change and go.
  void apply(Context& context);

 private:
  void tell(Context& context, call::TrunkChanged change);

  std::map<std::string, call::TrunkChanged, std::less<>> told_;  // what control last heard
};

}  // namespace pbx::sip
