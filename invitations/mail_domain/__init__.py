"""Whether the mail of a domain will be believed, told to whoever never saw DNS."""

from invitations.mail_domain.alignment import explain_alignment
from invitations.mail_domain.dkim import explain_dkim
from invitations.mail_domain.dmarc import explain_dmarc
from invitations.mail_domain.finding import Finding, Status
from invitations.mail_domain.lookup import Resolver, Unreachable
from invitations.mail_domain.mx import explain_mx
from invitations.mail_domain.spf_report import explain_spf

NO_DOMAIN = "Ce nom de domaine n’existe pas. Vérifiez s’il est bien écrit et payé."


def explain(
    domain: str, resolver: Resolver, *, return_path: str = "", signed_by: str = ""
) -> list[Finding]:
    """`return_path` and `signed_by`: what a message that arrived shows as Return-Path
    and as d= of its DKIM signature; the domain itself when nobody looked."""
    what = "Le domaine est ce qui suit le signe @ dans votre adresse."
    try:
        if not resolver.exists(domain):
            return [Finding("Domaine", Status.MISSING, what, advice=(NO_DOMAIN,))]
    except Unreachable as error:
        return [Finding.unreachable("Domaine", what, error)]
    spf, dkim = explain_spf(domain, resolver), explain_dkim(domain, resolver)
    return [
        spf,
        dkim,
        explain_dmarc(domain, resolver),
        explain_alignment(
            domain,
            resolver,
            spf=spf,
            dkim=dkim,
            return_path=return_path,
            signed_by=signed_by,
        ),
        explain_mx(domain, resolver),
    ]
