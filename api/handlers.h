// api/handlers.h — what each route does.  Named by the table in routes.cc.
//
// Owner: the api thread.  A handler answers its exchange exactly once, at once or when the part of
// the daemon that it asked has answered (Service bounds how long that may take).
#pragma once

#include "api/routes.h"

namespace pbx::api::handlers {

// The query parameter of that name; "" without one.
[[nodiscard]] std::string query_of(const Exchange& exchange, std::string_view name);

// system.cc
void health(Service& service, Exchange&& exchange);
void metrics(Service& service, Exchange&& exchange);
void openapi(Service& service, Exchange&& exchange);
void status(Service& service, Exchange&& exchange);
void accounts(Service& service, Exchange&& exchange);
void reload(Service& service, Exchange&& exchange);
void drain(Service& service, Exchange&& exchange);
void log_levels(Service& service, Exchange&& exchange);
void set_log_level(Service& service, Exchange&& exchange);
void guard_list(Service& service, Exchange&& exchange);
void guard_lift(Service& service, Exchange&& exchange);

// calls.cc
void calls(Service& service, Exchange&& exchange);
void call(Service& service, Exchange&& exchange);
void hang_up(Service& service, Exchange&& exchange);
void trace(Service& service, Exchange&& exchange);
void registrations(Service& service, Exchange&& exchange);

// routing.cc
void trunks(Service& service, Exchange&& exchange);
void schedules(Service& service, Exchange&& exchange);
void blocks(Service& service, Exchange&& exchange);
void lift_block(Service& service, Exchange&& exchange);
void set_schedule(Service& service, Exchange&& exchange);

// records.cc
void cdrs(Service& service, Exchange&& exchange);
void cdr(Service& service, Exchange&& exchange);
void recordings(Service& service, Exchange&& exchange);
void recording(Service& service, Exchange&& exchange);
void recording_file(Service& service, Exchange&& exchange);
void recording_link(Service& service, Exchange&& exchange);

}  // namespace pbx::api::handlers
