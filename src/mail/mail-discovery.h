/* What was found out about an address: servers, who said so, and what its owner has to know before signing in.  Main thread. */
#pragma once

#include <gio/gio.h>

#include "base-account.h"

G_BEGIN_DECLS

#define MAIL_TYPE_DISCOVERY (mail_discovery_get_type ())
G_DECLARE_FINAL_TYPE (MailDiscovery, mail_discovery, MAIL, DISCOVERY, GObject)

/* All of these are borrowed from it. */

/* The account that was asked for with its servers; of what was not found the host is NULL.  They sign in by password where that is
 * taken, else by access token (sign_in, and the provider of `oauth`). */
const BaseAccount *mail_discovery_get_account (MailDiscovery *discovery);
/* What is missing, and what a person can do about it; NULL: both servers were found. */
const GError *mail_discovery_get_problem (MailDiscovery *discovery);
/* Where the settings come from, for a person: “From the provider's own settings at autoconfig.example.org.” NULL: nothing was found. */
const char *mail_discovery_get_origin (MailDiscovery *discovery);

/* Names of servers that a person has to agree to before any of them is told a password: they are outside of the domain of the address, and
 * nothing but the network says that they belong to it.  Sorted, without doubles; empty: there are none. */
const char *const *mail_discovery_get_strangers (MailDiscovery *discovery);

/* The name of a provider that Sosik knows ("Gmail"); NULL: it is none of them, and nothing is known but its servers. */
const char *mail_discovery_get_provider (MailDiscovery *discovery);
/* The word of the OAuth 2 provider ("google") that gives access tokens for these servers, which is better than any password; NULL: none. */
const char *mail_discovery_get_oauth (MailDiscovery *discovery);
gboolean mail_discovery_takes_password (MailDiscovery *discovery); /* of whichever kind */
/* The usual password is refused: one made for mail programs is needed. */
gboolean mail_discovery_wants_app_password (MailDiscovery *discovery);
/* Mail programs are refused until a person allowed them on the provider's pages. */
gboolean mail_discovery_is_imap_off (MailDiscovery *discovery);
/* What has to be done before the first sign-in, a translated sentence each, in order; empty: nothing. */
const char *const *mail_discovery_get_steps (MailDiscovery *discovery);
/* An https address where that is done or explained; never NULL where there are steps. */
const char *mail_discovery_get_link (MailDiscovery *discovery);
/* The same of whoever has a server of that name (nullable) and takes a password there: empty, and *link NULL, where nobody is known to. */
GStrv mail_discovery_dup_steps_of (const char *host, const char **link) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
