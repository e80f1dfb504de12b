// tests/unit/sip/sdp_samples.h — descriptions in the manner of well-known telephones and servers.
// Written for these tests after the habits of each; the addresses are those of RFC 5737 and 3849.
#pragma once

#include <string_view>

namespace pbx::sip::samples {

inline constexpr std::string_view kYealink =
    "v=0\r\no=- 20083 20083 IN IP4 192.0.2.21\r\ns=SDP data\r\nc=IN IP4 192.0.2.21\r\nt=0 0\r\n"
    "m=audio 11780 RTP/AVP 9 0 8 18 101\r\na=rtpmap:9 G722/8000\r\na=rtpmap:0 PCMU/8000\r\n"
    "a=rtpmap:8 PCMA/8000\r\na=rtpmap:18 G729/8000\r\na=fmtp:18 annexb=no\r\n"
    "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n";

inline constexpr std::string_view kGrandstream =
    "v=0\r\no=1001 8000 8000 IN IP4 192.0.2.22\r\ns=SIP Call\r\nc=IN IP4 192.0.2.22\r\nt=0 0\r\n"
    "m=audio 5004 RTP/AVP 0 8 4 18 2 97 9 101\r\na=sendrecv\r\na=rtcp:5005 IN IP4 192.0.2.22\r\n"
    "a=rtpmap:0 PCMU/8000\r\na=ptime:20\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:4 G723/8000\r\n"
    "a=rtpmap:18 G729/8000\r\na=fmtp:18 annexb=no\r\na=rtpmap:2 G726-32/8000\r\n"
    "a=rtpmap:97 iLBC/8000\r\na=fmtp:97 mode=20\r\na=rtpmap:9 G722/8000\r\n"
    "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n";

inline constexpr std::string_view kCisco =
    "v=0\r\no=Cisco-SIPUA 14218 0 IN IP4 192.0.2.23\r\ns=SIP Call\r\nb=AS:4064\r\nt=0 0\r\n"
    "m=audio 27382 RTP/AVP 114 9 124 113 115 0 8 116 18 101\r\nc=IN IP4 192.0.2.23\r\n"
    "b=TIAS:64000\r\na=rtpmap:114 opus/48000/2\r\n"
    "a=fmtp:114 maxplaybackrate=16000;sprop-maxcapturerate=16000;useinbandfec=1\r\n"
    "a=rtpmap:9 G722/8000\r\na=rtpmap:124 ISAC/16000\r\na=rtpmap:113 AMR-WB/16000\r\n"
    "a=fmtp:113 octet-align=0;mode-change-capability=2\r\na=rtpmap:115 AMR-WB/16000\r\n"
    "a=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:116 iLBC/8000\r\n"
    "a=rtpmap:18 G729/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 "
    "0-15\r\na=sendrecv\r\n"
    "m=video 17472 RTP/AVP 100 126\r\nc=IN IP4 192.0.2.23\r\na=rtpmap:100 H264/90000\r\n"
    "a=fmtp:100 profile-level-id=640C1F;packetization-mode=1\r\na=rtpmap:126 H264/90000\r\n"
    "a=recvonly\r\n";

// Offers SRTP in one stream and plain RTP in the next.
inline constexpr std::string_view kSnom =
    "v=0\r\no=root 1637392 1637392 IN IP4 192.0.2.24\r\ns=call\r\nc=IN IP4 192.0.2.24\r\nt=0 0\r\n"
    "m=audio 54418 RTP/SAVP 8 0 3 99 101\r\n"
    "a=crypto:1 AES_CM_128_HMAC_SHA1_32 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz\r\n"
    "a=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:3 GSM/8000\r\n"
    "a=rtpmap:99 AAL2-G726-32/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n"
    "a=ptime:20\r\na=encryption:optional\r\na=sendrecv\r\n"
    "m=audio 54418 RTP/AVP 8 0 3 99 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n"
    "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n";

// Static types without a=rtpmap, direction at the session level.
inline constexpr std::string_view kPolycom =
    "v=0\r\no=- 1387225364 1387225364 IN IP4 192.0.2.25\r\ns=Polycom IP Phone\r\n"
    "c=IN IP4 192.0.2.25\r\nt=0 0\r\na=sendonly\r\nm=audio 2236 RTP/AVP 9 0 8 127\r\n"
    "a=rtpmap:127 telephone-event/8000\r\n";

inline constexpr std::string_view kBaresip =
    "v=0\r\no=- 3310274811 2095342146 IN IP4 192.0.2.26\r\ns=-\r\nc=IN IP4 192.0.2.26\r\nt=0 0\r\n"
    "a=tool:baresip 1.0.0\r\nm=audio 22046 RTP/AVP 96 0 8 101\r\nb=AS:125\r\n"
    "a=rtpmap:96 opus/48000/2\r\na=fmtp:96 stereo=1;sprop-stereo=1\r\na=rtpmap:0 PCMU/8000\r\n"
    "a=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n"
    "a=rtcp:22047\r\na=sendrecv\r\na=label:1\r\na=rtcp-rsize\r\na=ssrc:1187093104 cname:sip:1@x\r\n"
    "a=ptime:20\r\n";

inline constexpr std::string_view kSipp =
    "v=0\r\no=user1 53655765 2353687637 IN IP4 192.0.2.27\r\ns=-\r\nc=IN IP4 192.0.2.27\r\nt=0 "
    "0\r\n"
    "m=audio 6000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n";

inline constexpr std::string_view kAsterisk =
    "v=0\r\no=- 1215413231 1215413231 IN IP4 192.0.2.28\r\ns=Asterisk\r\nc=IN IP4 192.0.2.28\r\n"
    "t=0 0\r\nm=audio 13592 RTP/AVP 8 0 3 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n"
    "a=rtpmap:3 GSM/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=ptime:20\r\n"
    "a=maxptime:150\r\na=sendrecv\r\n";

inline constexpr std::string_view kFreeswitch =
    "v=0\r\no=FreeSWITCH 1700000001 1700000002 IN IP4 192.0.2.29\r\ns=FreeSWITCH\r\n"
    "c=IN IP4 192.0.2.29\r\nt=0 0\r\nm=audio 30112 RTP/AVP 102 9 0 8 103 101 13\r\n"
    "a=rtpmap:102 opus/48000/2\r\na=fmtp:102 useinbandfec=1; maxaveragebitrate=30000\r\n"
    "a=rtpmap:9 G722/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n"
    "a=rtpmap:103 telephone-event/48000\r\na=fmtp:103 0-16\r\na=rtpmap:101 telephone-event/8000\r\n"
    "a=fmtp:101 0-16\r\na=rtpmap:13 CN/8000\r\na=rtcp:30113 IN IP4 192.0.2.29\r\na=ptime:20\r\n";

inline constexpr std::string_view kLinphone =
    "v=0\r\no=alice 3476 2135 IN IP4 192.0.2.30\r\ns=Talk\r\nc=IN IP4 192.0.2.30\r\nt=0 0\r\n"
    "a=rtcp-xr:rcvr-rtt=all:10000 stat-summary=loss,dup,jitt,TTL voip-metrics\r\n"
    "m=audio 7078 RTP/AVPF 96 97 98 0 8 101 99\r\na=rtpmap:96 opus/48000/2\r\n"
    "a=fmtp:96 useinbandfec=1\r\na=rtpmap:97 speex/16000\r\na=fmtp:97 vbr=on\r\n"
    "a=rtpmap:98 speex/8000\r\na=fmtp:98 vbr=on\r\na=rtpmap:101 telephone-event/48000\r\n"
    "a=rtpmap:99 telephone-event/8000\r\na=rtcp-fb:* trr-int 5000\r\n";

inline constexpr std::string_view kBrowser =
    "v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
    "a=group:BUNDLE 0 1 2\r\na=extmap-allow-mixed\r\na=msid-semantic: WMS s1\r\n"
    "m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126\r\nc=IN IP4 0.0.0.0\r\n"
    "a=rtcp:9 IN IP4 0.0.0.0\r\n"
    "a=candidate:1 1 udp 2122260223 192.0.2.31 55000 typ host generation 0 network-id 1\r\n"
    "a=ice-ufrag:Yp4x\r\na=ice-pwd:0123456789abcdefABCDEF01\r\na=ice-options:trickle\r\n"
    "a=fingerprint:sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:"
    "77:88:99:AA:BB:CC:DD:EE:FF\r\na=setup:actpass\r\na=mid:0\r\na=sendrecv\r\na=rtcp-mux\r\n"
    "a=rtpmap:111 opus/48000/2\r\na=rtcp-fb:111 transport-cc\r\na=fmtp:111 "
    "minptime=10;useinbandfec=1"
    "\r\na=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\na=rtpmap:9 G722/8000\r\n"
    "a=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:13 CN/8000\r\n"
    "a=rtpmap:110 telephone-event/48000\r\na=rtpmap:126 telephone-event/8000\r\n"
    "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\nc=IN IP4 0.0.0.0\r\na=mid:1\r\na=rtpmap:96 VP8/90000\r\n"
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=mid:2\r\n"
    "a=sctp-port:5000\r\n";

inline constexpr std::string_view kT38 =
    "v=0\r\no=- 1 2 IN IP4 192.0.2.32\r\ns=-\r\nc=IN IP4 192.0.2.32\r\nt=0 0\r\n"
    "m=audio 0 RTP/AVP 0\r\nm=image 4000 udptl t38\r\na=T38FaxVersion:0\r\n"
    "a=T38MaxBitRate:14400\r\na=T38FaxRateManagement:transferredTCF\r\n";

inline constexpr std::string_view kIpv6 =
    "v=0\r\no=- 1 1 IN IP6 2001:db8::21\r\ns=-\r\nc=IN IP6 2001:db8::21\r\nt=0 0\r\n"
    "m=audio 40000 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\n";

// Hold in the manner of RFC 2543.
inline constexpr std::string_view kOldHold =
    "v=0\r\no=- 5 6 IN IP4 192.0.2.33\r\ns=-\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n"
    "m=audio 4000 RTP/AVP 0\r\n";

}  // namespace pbx::sip::samples
