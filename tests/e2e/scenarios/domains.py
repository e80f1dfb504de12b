"""Several companies in one exchange: the same numbers, no way from one to another but passages."""

from providers import add_provider, both_talk
from scenario import scenario
from waiting import check, check_equal, check_in


def _two_companies(bench):
    """North and south have 101 and 102 each; north reaches south by an 8 before the number."""
    config = bench.config
    config["domains"] = {"north": {"hosts": ["north.example.com"], "plan": "north_out"},
                         "south": {"hosts": ["south.example.com"]}}
    config["extensions"] = {
        f"{number}@{domain}": {"password": f"{domain} secret {number}"}
        for number in (101, 102) for domain in ("north", "south")}
    config["rewrites"] = {"without_8": {"rules": [{"match": "8(.)", "replace": "$1"}]},
                          "with_7": {"rules": [{"match": ".", "replace": "7$0"}]}}
    config["plans"] = {"north_out": {"rules": [{"called": "8XXX", "to": "domain south"}]}}
    config["passages"] = [{"from": "north", "to": "south",
                           "rewrites": {"called": "without_8", "caller": "with_7"}}]


def phone_of(bench, domain, number, **options):
    return bench.phone(number, password=f"{domain} secret {number}",
                       domain=f"{domain}.example.com", **options)


def talk(call, incoming):
    incoming.answer()
    call.answered()
    both_talk(call, incoming)
    call.hang_up()
    incoming.wait_bye()


@scenario(_two_companies, seconds=8)
def two_companies_have_the_same_numbers(bench):
    """101 of each calls 102: each rings its own; accounts, registrations and records tell them
    apart."""
    for domain in ("north", "south"):
        caller, called = phone_of(bench, domain, 101), phone_of(bench, domain, 102)
        call = caller.invite("102")
        talk(call, called.incoming())
    records = bench.exchange.wait_cdrs(2)
    check_equal("parties", [[leg["extension"] for leg in record["legs"]] for record in records],
                [["101@south", "102@south"], ["101@north", "102@north"]])
    check_in("accounts", "101@north", bench.exchange.text("accounts"))
    check_in("registrations", "102@south", bench.exchange.text("registrations"))


@scenario(_two_companies, seconds=8)
def passage_leads_from_one_company_into_another_and_not_back(bench):
    """8101 of north rings 101 of south, who sees 7101; south has no way to north, neither by a
    prefix nor by the host of an address."""
    north, south = phone_of(bench, "north", 101), phone_of(bench, "south", 101)
    call = north.invite("8101")
    incoming = south.incoming()
    check_in("From", "sip:7101@", incoming.invite.get("from"))
    talk(call, incoming)
    back = south.invite("8101")
    check_equal("by prefix", back.invite.wait().status, 404)
    back = south.invite("101", uri="sip:101@north.example.com")
    check_equal("by host", back.invite.wait().status, 403)
    explained = bench.exchange.text("route", "explain", "--from", "101@north", "--to", "8101",
                                    "--conf", bench.exchange.config_path)
    check_in("explanation", "extension 101@south", explained)
    check("nothing rang in north", not any(r.method == "INVITE" for r in north.requests))


def _shared_provider(bench):
    """One provider for both: a DID each; north has Moscow's numbers, south those of Berlin."""
    _two_companies(bench)
    config = bench.config
    bench.provider = add_provider(bench)
    config["server"]["country"] = "ru"
    config["domains"]["north"]["numbering"] = {"area_code": "495", "local_digits": 7}
    config["domains"]["south"].update(numbering={"country": "DE"}, plan="south_out")
    config["passages"] += [{"from": "house", "to": domain, "plan": f"{domain}_in"}
                           for domain in ("north", "south")]
    config["plans"].update({
        "incoming": {"rules": [{"called": "+7495!", "to": "domain north"},
                               {"called": "+49!", "to": "domain south"}]},
        "north_in": {"rules": [{"to": "extension 101@north"}]},
        "south_in": {"rules": [{"to": "extension 101@south"}]},
        "north_out": {"rules": [{"called": "+!", "to": "trunk provider"}]},
        "south_out": {"rules": [{"called": "+!", "to": "trunk provider"}]}})
    config["trunks"]["provider"]["plan"] = "incoming"


@scenario(_shared_provider, seconds=8)
def companies_share_a_provider_and_dial_as_at_home(bench):
    """The DID tells whose call it is; the same digits are another number in another company."""
    phones = {domain: phone_of(bench, domain, 101) for domain in ("north", "south")}
    bench.provider.user = "+12125557777"
    for did, domain in (("+74957304487", "north"), ("+4930901820", "south")):
        call = bench.provider.invite(did)
        talk(call, phones[domain].incoming())
    for domain, dialled, sent in (("north", "7304487", "+74957304487"),
                                  ("south", "030901820", "+4930901820")):
        call = phones[domain].invite(dialled)
        incoming = bench.provider.incoming()
        check_in("request URI", f"sip:{sent}@", incoming.invite.first_line)
        talk(call, incoming)
