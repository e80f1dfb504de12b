#include "sip/dialog.h"

#include <doctest/doctest.h>

using namespace pbx;
using namespace pbx::sip;

namespace {

Dialog sample() {
  Dialog dialog;
  dialog.call_id = "c1";
  dialog.local_tag = "l";
  dialog.remote_tag = "r";
  dialog.local = "<sip:a@x>";
  dialog.remote = "\"B\" <sip:b@y>";
  dialog.remote_target = "sip:b@192.0.2.7";
  return dialog;
}

}  // namespace

TEST_CASE("requests of a dialog must count up") {
  Dialog dialog = sample();
  CHECK(accept_cseq(dialog, 5));  // the first may be any
  CHECK_FALSE(accept_cseq(dialog, 5));
  CHECK_FALSE(accept_cseq(dialog, 4));
  CHECK(accept_cseq(dialog, 9));  // gaps are allowed
}

TEST_CASE("a request goes to the remote target, through loose routers as Route") {
  Dialog dialog = sample();
  CHECK(route_request(dialog).request_uri == "sip:b@192.0.2.7");
  CHECK(route_request(dialog).routes.empty());
  dialog.route_set = {"<sip:p1.example.com;lr>", "<sip:p2.example.com;lr>"};
  CHECK(route_request(dialog).request_uri == "sip:b@192.0.2.7");
  CHECK(route_request(dialog).routes == dialog.route_set);
}

TEST_CASE("a strict router takes the place of the target, which goes last") {
  Dialog dialog = sample();
  dialog.route_set = {"<sip:p1.example.com>", "<sip:p2.example.com;lr>"};
  const RequestRoute route = route_request(dialog);
  CHECK(route.request_uri == "sip:p1.example.com");
  CHECK(route.routes == std::vector<std::string>{"<sip:p2.example.com;lr>", "<sip:b@192.0.2.7>"});
}

TEST_CASE("a parameter that only ends in lr does not make a router loose") {
  Dialog dialog = sample();
  dialog.route_set = {"<sip:p1.example.com;xlr;lrx=1>"};
  CHECK(route_request(dialog).request_uri == "sip:p1.example.com;xlr;lrx=1");
}

TEST_CASE("the headers of a request name both sides with their tags") {
  const std::string text = request_headers(sample(), "BYE", 7, 70).text();
  CHECK(text ==
        "From: <sip:a@x>;tag=l\r\nTo: \"B\" <sip:b@y>;tag=r\r\nCall-ID: c1\r\nCSeq: 7 BYE\r\n"
        "Max-Forwards: 70\r\n");
}

TEST_CASE("no value breaks out of its header line") {
  HeaderText headers;
  headers.add("X", "a\r\nEvil: b");
  CHECK(headers.text() == "X: aEvil: b\r\n");
  CHECK(name_address("a\"\r\nb", "sip:x@y") == "\"a\\\"b\" <sip:x@y>");
}

TEST_CASE("the URI of a name-addr is what stands in the brackets") {
  CHECK(uri_of("\"A\" <sip:a@b;lr>;tag=1") == "sip:a@b;lr");
  CHECK(uri_of("sip:a@b;tag=1") == "sip:a@b");
  CHECK(uri_of("<sip:a@b") == "sip:a@b");
}

TEST_CASE("a hop is written as nta wants it") {
  const core::SocketAddress v6{*core::parse_ip("2001:db8::1"), 5061};
  CHECK(hop_uri(v6, call::Transport::kTls) == "sip:[2001:db8::1]:5061;transport=tls;lr");
  const core::SocketAddress v4{*core::parse_ip("192.0.2.1"), 5060};
  CHECK(hop_uri(v4, call::Transport::kTcp) == "sip:192.0.2.1:5060;transport=tcp;lr");
}
