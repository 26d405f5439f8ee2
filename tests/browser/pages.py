"""Every page of the site, as the person who meets it, and what is no page."""

from typing import NamedTuple

from django.urls import reverse

from tests.browser.site import Site


class Place(NamedTuple):
    """`args` are keys of the scene; `who` has a session there, or nobody.

    A page that no visit can cause is only its `template`.
    """

    name: str
    route: str
    args: tuple[str, ...] = ()
    who: str = ""
    query: str = ""
    status: int = 200
    template: str = ""

    def path(self, site: Site) -> str:
        if self.template:
            return f"/erreur/{self.template}"
        values = [site.scene[key] for key in self.args]
        return reverse(self.route, args=values) + self.query.format(**site.scene)

    def __str__(self) -> str:
        return self.name.replace(" ", "-")


PUBLIC = (
    Place("home", "home"),
    Place("legal", "legal"),
    Place("personal data", "personal_data"),
    Place("accessibility", "accessibility"),
    Place("agenda", "agenda"),
    Place("agenda of a circle", "agenda", query="?cercle={circle}"),
    Place("public meetup", "public_meetup", ("lively",)),
    Place("public meetup full", "public_meetup", ("small",)),
    Place("public meetup cancelled", "public_meetup", ("cancelled",)),
    Place("mailbox", "mailbox"),
    Place("mailbox search", "mailbox", query="?pour=amina"),
)
GUEST = (
    Place("question", "answer", ("silent",)),
    Place("question highlighted", "answer", ("silent",), query="?r=oui"),
    Place("question highlighted no", "answer", ("silent",), query="?r=non"),
    Place("answered yes", "answer", ("yes",)),
    Place("answered no", "answer", ("no",)),
    Place("answered maybe", "answer", ("maybe",)),
    Place("waiting", "answer", ("waiting",)),
    Place("question full", "answer", ("full",)),
    Place("offered", "answer", ("offered",)),
    Place("cancelled", "answer", ("told",)),
    Place("sends a colleague", "answer", ("delegated",)),
    Place("newcomer welcomed", "answer", ("welcomed",)),
    Place("prepare", "prepare", ("yes",)),
    Place("companions", "companions", ("yes",)),
    Place("companions brought", "companions", ("brings",)),
    Place("colleague", "colleague", ("maybe",)),
    Place("employer", "seat_block", ("employer",)),
    Place("over", "answer", ("over",)),
    Place("my data", "my_data", ("silent",)),
    Place("my directory", "my_directory", ("silent",)),
    Place("my directory found", "my_directory", ("silent",), query="?q=infirmiere"),
    Place("stop", "stop_invitations", ("silent",)),
    Place("on a break", "stop_invitations", ("rests",)),
)
ACCOUNT = (
    Place("sign in", "account_login"),
    Place("ask for a code", "account_request_login_code"),
    Place("sign up closed", "account_signup"),
    Place("inactive", "account_inactive"),
    Place("account", "account_home", who="amina"),
    Place("sign out", "account_logout", who="amina"),
    Place("addresses", "account_email", who="amina"),
    Place("second factor", "mfa_index", who="amina"),
    Place("second factor held", "mfa_index", who="lea"),
    Place("add a code application", "mfa_activate_totp", who="amina"),
    Place("remove the code application", "mfa_deactivate_totp", who="lea"),
    Place("recovery codes", "mfa_view_recovery_codes", who="lea"),
    Place("new recovery codes", "mfa_generate_recovery_codes", who="lea"),
    Place("keys", "mfa_list_webauthn", who="lea"),
    Place("no key", "mfa_list_webauthn", who="amina"),
    Place("add a key", "mfa_add_webauthn", who="amina"),
    Place("rename a key", "mfa_edit_webauthn", ("key",), "lea"),
    Place("remove a key", "mfa_remove_webauthn", ("key",), "lea"),
    Place("prove it is you", "mfa_reauthenticate", who="lea"),
)
TEAM = (
    Place("meetups", "meetup_list", who="amina"),
    Place("choose a circle", "meetup_create", who="amina"),
    Place("plan", "meetup_create", (), "amina", "?cercle={circle}"),
    Place("meetup", "meetup", ("lively",), "amina"),
    Place("meetup without guests", "meetup", ("new",), "amina"),
    Place("meetup today", "meetup", ("today",), "amina"),
    Place("meetup full", "meetup", ("small",), "amina"),
    Place("meetup cancelled", "meetup", ("cancelled",), "amina"),
    Place("meetup past", "meetup", ("past",), "amina"),
    Place("meetup of a relay", "meetup", ("lively",), "bruno"),
    Place("choose guests", "choose_guests", ("new",), "amina"),
    Place("deliveries", "deliveries", ("lively",), "amina"),
    Place("inbox", "inbox", who="amina"),
    Place("inbox all", "inbox", who="amina", query="?tout=1"),
    Place("another date proposed", "received", ("proposal",), "amina"),
    Place("answer to recognise", "received", ("doubtful",), "amina"),
    Place("somebody sent instead", "received", ("replaced",), "amina"),
    Place("received read by a relay", "received", ("doubtful",), "bruno"),
    Place("composition", "composition", ("composed",), "amina"),
    Place("composition empty", "composition", ("lively",), "amina"),
    Place("meetup composed", "meetup", ("composed",), "amina"),
    Place("guest details", "guest_details", ("composed",), "amina"),
    Place("guest details empty", "guest_details", ("new",), "amina"),
    Place("tables", "tables", ("today",), "amina"),
    Place("tables of a relay", "tables", ("today",), "bruno"),
    Place("tables without guests", "tables", ("new",), "amina"),
    Place("deliveries that wait", "deliveries", ("planned",), "amina"),
    Place("read a message", "read_delivery", ("planned", "waits"), "amina"),
    Place("read a message that left", "read_delivery", ("lively", "left"), "bruno"),
    Place("all messages", "outbox", who="amina"),
    Place("phone round", "calls", ("lively",), "bruno"),
    Place("phone round over", "calls", ("new",), "amina"),
    Place("person whose mail bounced", "person", ("bounced",), "amina"),
    Place("choose guests with some resting", "choose_guests", ("lively",), "amina"),
    Place("move", "move_meetup", ("lively",), "amina"),
    Place("cancel", "cancel_meetup", ("lively",), "amina"),
    Place("settings", "meetup_settings", ("lively",), "amina"),
    Place("record an answer", "record_answer", ("soon", "guest"), "amina"),
    Place("choose cards", "choose_cards", ("soon",), "amina"),
    Place("attendance", "attendance", ("today",), "bruno"),
    Place("attendance too early", "attendance", ("lively",), "bruno"),
    Place("attendance closed", "attendance", ("past",), "amina"),
    Place("close", "close_meetup", ("today",), "amina"),
    Place("report form", "issue_report", ("past",), "amina"),
    Place("circles", "circle_list", who="amina"),
    Place("new circle", "circle_create", who="iris"),
    Place("circle", "circle", ("circle",), "amina"),
    Place("edit circle", "circle_edit", ("circle",), "amina"),
    Place("team", "team", ("circle",), "amina"),
    Place("add a person", "person_create", ("circle",), "bruno"),
    Place("import", "people_import", ("circle",), "amina"),
    Place("import preview", "people_import_preview", ("circle", "import"), "amina"),
    Place("person", "person", ("person",), "amina"),
    Place("directory", "directory", who="amina"),
    Place("directory found", "directory", who="amina", query="?q=infirmiere"),
    Place("directory empty", "directory", who="amina", query="?q=astronaute"),
    Place("venues", "venue_list", who="amina"),
    Place("venues for a circle", "venue_list", who="amina", query="?cercle={circle}"),
    Place("new venue", "venue_create", who="amina"),
    Place("venue", "venue", ("venue",), "amina"),
    Place("edit venue", "venue_edit", ("venue",), "amina"),
    Place("partners", "partner_list", who="amina"),
    Place("new partner", "partner_create", who="amina"),
    Place("partner", "partner", ("partner",), "amina"),
    Place("reports given", "issued_reports", who="amina"),
    Place("report of a territory", "territory_report", who="amina"),
    Place(
        "report of a territory shown",
        "territory_report",
        (),
        "amina",
        "?partner={partner}&starts_on={year}-01-01&ends_on={year}-12-31",
    ),
    Place("year report", "year_report", (), "iris", "?year={year}"),
    Place("partner's lines", "indicators", ("partner",), "amina"),
    Place("first visit without a team", "home", who="driss"),
)
PARTNER = (Place("partner space", "partner_reports", who="eloy"),)
REFUSED = (
    Place("unknown link", "answer", ("nobody",), status=404),
    Place("page not found", "meetup", ("missing",), "amina", status=404),
    Place("not for a partner", "circle_list", who="eloy", status=403),
    Place("bad request", "", status=400, template="400.html"),
    Place("page too old", "", status=403, template="403_csrf.html"),
    Place("broken", "", status=500, template="500.html"),
)
PLACES = PUBLIC + GUEST + ACCOUNT + TEAM + PARTNER + REFUSED
# What else the site map names, and why it is not looked at as a page.
POSTED, FILE, STEP = "acts, then redirects", "gives a file", "seen in a journey"
NO_PASSWORD = "is closed: nobody has a password"
NO_PAGES = {
    "health": FILE,
    "robots": FILE,
    "answer_calendar": FILE,
    "public_calendar": FILE,
    "public_feed": FILE,
    "circle_feed": FILE,
    "person_feed": FILE,
    "team_feed": FILE,
    "change_my_feed": POSTED,
    "change_team_feed": POSTED,
    "sheet_pdf": FILE,
    "cards_pdf": FILE,
    "report_pdf": FILE,
    "delivery": FILE,
    "letter_html": "is a mail, shown in its frame",
    "mfa_download_recovery_codes": FILE,
    "mfa_login_webauthn": FILE,
    "team_remove": POSTED,
    "person_remove": POSTED,
    "partner_member_remove": POSTED,
    "venue_point": POSTED,
    "decide_seat_request": POSTED,
    "received_raw": FILE,
    "inbound_mail": "is for programs",
    "drop_rule": POSTED,
    "change_block": POSTED,
    "welcome": POSTED,
    "record_company": POSTED,
    "preview_invitation": POSTED,
    "decide_booking": POSTED,
    "record_call": POSTED,
    "try_address_again": POSTED,
    "record_attendance": POSTED,
    "walk_in": POSTED,
    "remove_walk_in": POSTED,
    "one_click_stop": POSTED,
    "employer_stop": POSTED,
    "letter": STEP,
    "account_confirm_login_code": STEP,
    "mfa_authenticate": STEP,
    "mfa_reauthenticate_webauthn": STEP,
    "account_reauthenticate": NO_PASSWORD,
    "account_email_verification_sent": "leads back to the addresses",
    "no_password": NO_PASSWORD,
    "account_change_password": NO_PASSWORD,
    "account_set_password": NO_PASSWORD,
    "account_reset_password": NO_PASSWORD,
    "account_reset_password_done": NO_PASSWORD,
    "account_reset_password_from_key": NO_PASSWORD,
    "account_reset_password_from_key_done": NO_PASSWORD,
}
