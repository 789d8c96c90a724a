/* What the receiving server found out about where a message comes from: RFC 8601 Authentication-Results.  Pure; any one thread at a time.
 *
 * Anybody can write such a field into what he sends.  Only the first one of the server that received the message counts: servers put theirs in
 * front of what came, so that one by that name further down is not theirs.  Which server that is has to be known from elsewhere. */
#pragma once

#include "mime-message.h"

G_BEGIN_DECLS

typedef enum
{
  MIME_RESULT_NONE, /* was not looked at, or there was nothing to look at */
  MIME_RESULT_PASS,
  MIME_RESULT_FAIL,
  MIME_RESULT_OTHER, /* neutral, softfail, policy, an error for now or for good */
} MimeResult;

/* What the owner of a domain asks for mail that is not his (RFC 7489, 6.3). */
typedef enum
{
  MIME_POLICY_UNKNOWN, /* the server does not tell */
  MIME_POLICY_NONE,    /* nothing: he only watches, and honest mail of his may fail */
  MIME_POLICY_STRICT,  /* quarantine or reject */
} MimePolicy;

typedef struct
{
  char *method; /* "spf", "dkim", "dmarc", "arc" …, lower case */
  MimeResult result;
  char *word;        /* the server's own: "softfail" */
  char *domain;      /* nullable: what was looked at, lower case */
  gboolean aligned;  /* the domain is the sender's, or of the same owner */
  MimePolicy policy; /* of "dmarc" */
} MimeCheck;

typedef enum
{
  MIME_VERDICT_UNKNOWN, /* the receiving server says nothing that counts */
  MIME_VERDICT_PASS,    /* the domain of the one From address is genuine */
  MIME_VERDICT_DOUBT,   /* its rule was not kept, and whether its owner means that is not known */
  MIME_VERDICT_FAIL,    /* its owner says that such mail is not his */
} MimeVerdict;

typedef struct
{
  char *server; /* nullable: the authserv-id that was believed; "" where the server gives none */
  GPtrArray *checks; /* of MimeCheck, in the order they stand */
  MimeVerdict verdict;
} MimeAuthentication;

void mime_authentication_free (MimeAuthentication *authentication);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MimeAuthentication, mime_authentication_free)

/* `trusted`: names of servers that are believed, each a host, ".example.org" for it and all below it, or "" for a field that names no server.
 * NULL or empty: none is. */
MimeAuthentication *mime_authentication_read (MimeMessage *message,
                                              const char *const *trusted) G_GNUC_WARN_UNUSED_RESULT;
/* The receiving server says that the chain of servers on the way holds (ARC, RFC 8617), all of these belong to `owners` (domains), and the first of
 * them found the address in From genuine.  A chain that holds says nothing by itself: anybody can seal. */
gboolean mime_authentication_is_vouched (const MimeAuthentication *authentication,
                                         MimeMessage *message, const char *const *owners);
/* The authserv-id of the first Authentication-Results, lower case; "" where it names none, NULL where there is no such field. */
char *mime_authentication_dup_first_server (MimeMessage *message) G_GNUC_WARN_UNUSED_RESULT;
/* Which server receives somebody's mail, as his latest mail has it: nearly every sender's begins with a word of that server, above or
 * below a Received of its owner, which no single sender can bring about.  `headers`: GPtrArray of GBytes, newest first.  A pattern as `trusted` has them, NULL where that is not certain. */
char *mime_authentication_learn (GPtrArray *headers) G_GNUC_WARN_UNUSED_RESULT;
/* A name as `trusted` has it is meant. */
gboolean mime_authentication_is_server (const char *server, const char *pattern);
/* A DKIM signature that passed, by the sender's domain or any other, signs these two fields (see RFC 8058, 4). */
typedef enum
{
  MIME_COVER_UNKNOWN, /* nobody who is believed checked a signature */
  MIME_COVER_YES,
  MIME_COVER_NO,
} MimeCover;
MimeCover mime_authentication_covers (const MimeAuthentication *authentication,
                                      MimeMessage *message, const char *const *fields);

/* ---- domains ---- */
/* The part of a host that somebody registered ("example.co.kr" of "mail.example.co.kr"), lower case, punycode as Unicode; the host itself where
 * there is none. */
char *mime_domain_get_owner (const char *host) G_GNUC_WARN_UNUSED_RESULT;
/* Both belong to the same owner. */
gboolean mime_domain_is_same_owner (const char *one, const char *other);
/* `domain` is another one than `known` and looks like it to a person: letters of other scripts, digits for letters, one letter more, less,
 * changed or two swapped. */
gboolean mime_domain_looks_like (const char *domain, const char *known);
/* What a person meant who wrote `domain` and slipped: the domain with the owner of `known`, where it looks like that or ends in a way that there is not
 * ("naver.con"); NULL: no slip. */
char *mime_domain_dup_meant (const char *domain, const char *known) G_GNUC_WARN_UNUSED_RESULT;

/* Domains that somebody knows, to compare many with: made ready once, by whoever asks first.  Any thread, several at a time. */
typedef struct _MimeDomains MimeDomains;
MimeDomains *mime_domains_new (GPtrArray *names) G_GNUC_WARN_UNUSED_RESULT; /* of char *; copied */
MimeDomains *mime_domains_ref (MimeDomains *domains);
void mime_domains_unref (MimeDomains *domains);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MimeDomains, mime_domains_unref)
/* They are just these, in this order. */
gboolean mime_domains_are (const MimeDomains *domains, GPtrArray *names);
/* One of them belongs to the owner of this one. */
gboolean mime_domains_have_owner (MimeDomains *domains, const char *domain);
/* The first that mime_domain_looks_like (), as it was given; borrowed, NULL: none. */
const char *mime_domains_find_alike (MimeDomains *domains, const char *domain);
/* mime_domain_dup_meant () with the first of them (nullable), else with one of the big providers; NULL also where it belongs to one of their owners. */
char *mime_domains_dup_meant (MimeDomains *domains, const char *domain) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
