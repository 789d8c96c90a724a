/* What an account is: the settings in accounts/<id>.ini (GKeyFile, documented in data/account.ini.example).
 *
 * A plain value; no secrets in it ever.  Any thread, one at a time. */
#pragma once

#include "base-identity.h"
#include "base-paths.h"
#include "base-server.h"

G_BEGIN_DECLS

#define BASE_MONTHS_MAX   1200
#define BASE_LARGEST_BODY 25 /* these two where nothing else is said */
#define BASE_LARGEST_PART 256

/* Which messages are kept here whole; headers of all are, always. */
typedef enum
{
  BASE_BODIES_EVERYTHING,
  BASE_BODIES_MONTHS,  /* those of the last `months` */
  BASE_BODIES_OPENING, /* only what was opened */
} BaseBodies;

/* A folder that a person chose for what the server does not say, or says otherwise. */
typedef enum
{
  BASE_FOLDER_DRAFTS,
  BASE_FOLDER_SENT,
  BASE_FOLDER_ARCHIVE,
  BASE_FOLDER_JUNK,
  BASE_FOLDER_TRASH,
} BaseFolder;
#define BASE_N_FOLDERS 5

/* How an access token is got (RFC 6749).  What is NULL is that of the provider, by its word in the table of providers. */
typedef struct
{
  char *provider;  /* nullable: "google", "microsoft" … */
  char *client_id; /* nullable */
  char *
      client_secret; /* nullable; not a secret of the person: each copy of the program has it (RFC 8252, 8.5) */
  char *authorization, *token; /* nullable: https addresses of the two endpoints */
  char *scope;                 /* nullable */
} BaseOauth;

/* A certificate that a person took although it cannot be checked: that one alone, at that place, for as long as
 * base_trust_get_agreed_until () said. */
typedef struct
{
  char *host;
  guint16 port;
  char *sha256; /* of its DER form, 64 small hexadecimal digits */
  gint64 until; /* seconds since 1970: from then on it is asked for again */
} BaseException;

void base_exception_free (BaseException *exception);

typedef struct
{
  char *id;           /* file name without .ini; also the attribute of its secrets; [a-z0-9-] */
  char *display_name; /* the person's name, goes into From */
  char *address;
  char *label; /* name of the account in the sidebar; the address where empty */
  BaseServer imap, smtp;
  char *
      authserv_id; /* nullable: by what name the server that receives the mail says what it checked (RFC 8601); ".example.org": any host of it */
  char *ca_file;   /* nullable: PEM file of CAs trusted for this account besides the system's */
  /* Both nullable, for BASE_SIGN_IN_CERTIFICATE: a PEM file or a PKCS#11 URI (RFC 7512); the key may be in the same file */
  char *client_certificate, *client_key;
  GPtrArray *exceptions; /* of BaseException */
  BaseOauth *oauth;      /* nullable */
  char *desktop_account; /* nullable: its id in GNOME Online Accounts, which has the secrets */
  char *folders[BASE_N_FOLDERS]; /* nullable, by BaseFolder: paths on the server */
  gboolean disabled;             /* its servers are left alone and its folders not shown */
  char *colour;                  /* nullable: "#rrggbb" */
  guint position;                /* among the accounts; those without one come last, by their ids */
  guint
      check_minutes; /* how often folders are asked; 0: as soon as the server says that something is new */
  BaseBodies bodies;
  guint months;       /* 1 … BASE_MONTHS_MAX; counts with BASE_BODIES_MONTHS only */
  guint largest_body; /* megabytes: what is larger is kept without its large parts; 0: no limit */
  /* kilobytes: larger parts of large messages are fetched when somebody wants them; 0: messages are fetched whole */
  guint largest_part;
  BaseIdentity *
      own; /* the first identity, but for name and address, which are `display_name` and `address` */
  GPtrArray *identities;  /* of BaseIdentity: the others */
  guint own_place;        /* how many of them are shown before `own` */
  GPtrArray *signatures;  /* of BaseSignature */
  char *default_identity; /* nullable: id of the one that new letters are from, if not `own` */
} BaseAccount;

#define BASE_CHECK_MAX (24 * 60) /* minutes */

BaseAccount *
base_account_new (void) G_GNUC_WARN_UNUSED_RESULT; /* with a fresh random id, ports 993/465, TLS */
BaseAccount *base_account_dup (const BaseAccount *account) G_GNUC_WARN_UNUSED_RESULT;
void base_account_free (BaseAccount *account);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaseAccount, base_account_free)

/* As accounts stand in their list: by their positions, then by their ids. */
int base_account_compare (const BaseAccount *a, const BaseAccount *b);
/* Whether mail can be sent from it, by the server for all of its identities that have none of their own. */
gboolean base_account_can_send (const BaseAccount *account);
/* The server for "imap", "smtp", or "smtp-ID", which is that of an identity.  Borrowed; NULL: that one has none, or there is no such identity. */
BaseServer *base_account_get_server (const BaseAccount *account, const char *protocol);
/* Whether both have that server, and it is the same place, for the same user. */
gboolean base_account_is_same_place (const BaseAccount *a, const BaseAccount *b,
                                     const char *protocol);
/* By which one such an identity sends: its own, else the account's; NULL: by none. */
const BaseServer *base_account_get_sender (const BaseAccount *account,
                                           const BaseIdentity *identity);
/* Whether any of its identities can send, by whichever server. */
gboolean base_account_has_sender (const BaseAccount *account);
/* As far as can be told, a password for one is a password for the other: the same domain of the address, and the same servers. */
gboolean base_account_is_same_provider (const BaseAccount *a, const BaseAccount *b);
/* The address of whom that protocol is for. */
const char *base_account_get_protocol_address (const BaseAccount *account, const char *protocol);
/* The exception for that place and certificate (base_exception's sha256); NULL: none. */
const BaseException *base_account_find_exception (const BaseAccount *account, const char *host,
                                                  guint16 port, const char *sha256);
/* Whether there is one for that place, for whatever certificate. */
gboolean base_account_has_exception (const BaseAccount *account, const char *host, guint16 port);
/* Instead of any other one for its place. */
void base_account_add_exception (BaseAccount *account, const char *host, guint16 port,
                                 const char *sha256, gint64 until);
void base_account_remove_exception (BaseAccount *account, const char *host, guint16 port);
/* Does to `account` what was done to `before` to make `after` of it (both copies of the same account, from whenever), and leaves the rest of
 * it as others made it meanwhile.  What came of it may be wrong where they did not go together: base_account_check (). */
void base_account_merge (BaseAccount *account, const BaseAccount *before, const BaseAccount *after);
BaseOauth *base_oauth_dup (const BaseOauth *oauth) G_GNUC_WARN_UNUSED_RESULT; /* NULL of NULL */
void base_oauth_free (BaseOauth *oauth);
/* The host of one of its addresses; NULL: nothing secret may go there, for it is not encrypted and leaves this computer, or has to be spelt otherwise. */
char *base_oauth_dup_host (const char *address) G_GNUC_WARN_UNUSED_RESULT;

/* All accounts of the profile, in their order; a broken file is left alone and named in `broken` (GStrv of
 * sentences, nullable out). GPtrArray of BaseAccount. */
GPtrArray *base_account_load_all (const BasePaths *paths, GStrv *broken) G_GNUC_WARN_UNUSED_RESULT;
/* FALSE: base_account_save () would not begin to write.  REFUSED: also where a file is there that somebody changed by hand and that cannot be
 * used. */
gboolean base_account_may_save (const BaseAccount *account, const BasePaths *paths, GError **error);
gboolean base_account_save (const BaseAccount *account, const BasePaths *paths, GError **error);
gboolean base_account_remove (const char *id, const BasePaths *paths, GError **error);
/* Removing an account takes several steps: while it is `leaving` (a mark beside its file) it is not loaded any more, so that
 * a removal that a crash stopped is finished at the next start instead of beginning the account anew.  Durable. */
gboolean base_account_set_leaving (const char *id, const BasePaths *paths, gboolean leaving,
                                   GError **error);
GStrv base_account_list_leaving (const BasePaths *paths) G_GNUC_WARN_UNUSED_RESULT; /* ids */
/* Address, hosts, ports, users present and well-formed; the error's sentence names the field. */
gboolean base_account_check (const BaseAccount *account, GError **error);

/* Something on one line that can go onto a wire. */
gboolean base_account_field_is_clean (const char *text);
gboolean base_account_address_is_valid (const char *address);

/* ---- identities (base-identity.c) ---- */
/* All of them, whole, in the order in which they are shown.  GPtrArray of BaseIdentity. */
GPtrArray *base_account_dup_identities (const BaseAccount *account) G_GNUC_WARN_UNUSED_RESULT;
/* NULL: there is none of that id. */
BaseIdentity *base_account_dup_identity (const BaseAccount *account,
                                         const char *id) G_GNUC_WARN_UNUSED_RESULT;
/* In the place of the one of its id, or as the last one. */
void base_account_put_identity (BaseAccount *account, const BaseIdentity *identity);
void base_account_remove_identity (BaseAccount *account, const char *id); /* not the own one */
/* To that place among all of them, the own one included; 0 is the first, and what is too large the last. */
void base_account_move_identity (BaseAccount *account, const char *id, guint place);
/* In base_account_dup_identities ().  G_MAXUINT: there is none of that id. */
guint base_account_find_identity (const BaseAccount *account, const char *id);
/* Borrowed; NULL: there is none of that id. */
const BaseSignature *base_account_get_signature (const BaseAccount *account, const char *id);
void base_account_put_signature (BaseAccount *account, const BaseSignature *signature);
/* Out of the identities as well. */
void base_account_remove_signature (BaseAccount *account, const char *id);
/* Whether mail to `address` comes to one of the identities; to which one (nullable, borrowed; unchanged where to none). */
BaseAddressMatch base_account_match_address (const BaseAccount *account, const char *address,
                                             const char **id);

G_END_DECLS
