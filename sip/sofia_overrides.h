// sip/sofia_overrides.h — functions of sofia-sip that every program with SIP replaces by its own.
//
// The library calls them through its symbol table, so a definition in the executable wins.  They
// live in the object file of link_sofia_overrides(): who calls that has them.
//
//   su_duration     cuts to milliseconds, so that the loop spins before each timer; ours rounds up.
//   su_getaddrinfo  asks DNS and waits for it.  nta calls it to answer a malformed request whose
//                   Via names a host: one packet would hold the SIP thread for seconds.  Ours
//                   takes addresses only.  Names of targets are resolved by nta's own resolver,
//                   which does not wait.
//   SSL_shutdown    of OpenSSL: sofia's tls_free() calls it as the last word to a connection and
//                   then forgets the SSL object, so that each TLS connection that ever was holds
//                   some 60 KB.  Ours shuts down and frees.  No code of ours may call it.
//   su_getmsgsize   is what tport asks before it reads a socket.  Ours says 0, which makes it drop
//                   the datagram or close the connection, if the sender is not to be read.
//   SSL_accept      of OpenSSL: fails for such a sender, before any work is done for him.
//   SSL_connect     of OpenSSL: sees to it that the server is the one that we want; see
//                   tls_handshake.h.  Fails if it cannot know whom sofia wants.
//   tls_connect     is what the loop calls for a TLS connection that is being made, by either side.
//                   Ours notes which it is, and leaves no error of a failed handshake behind in
//                   OpenSSL's queue: another connection that is read in the middle of a record
//                   would take it for its own and be given up.
//   X509_get_ext_count  of OpenSSL: sofia asks it of the other side's certificate, to keep the
//                   names in it, and never frees what it read them from.  Nobody needs them: ours
//                   says 0 once after each handshake.

#pragma once

#include "core/base/net.h"
#include "sip/tls_handshake.h"

namespace pbx::sip {

void link_sofia_overrides();

// Asked before anything of a source is read.
class SourceFilter {
 public:
  [[nodiscard]] virtual bool takes(const core::IpAddress& source) = 0;

 protected:
  ~SourceFilter() = default;
};

// For the sockets that the calling thread reads, until null is given; null: all are read.
// REQUIRES: `filter` lives until then.
void filter_sources(SourceFilter* filter);

// For the TLS connections that the calling thread opens, until null is given; null: as sofia does.
// REQUIRES: `connections` lives as long as they do.
void watch_tls(TlsConnections* connections);

}  // namespace pbx::sip
