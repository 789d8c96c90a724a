/* As whom a person writes from an account: name, address, where answers go, signature, where the copy is kept.  Part of the account's file
 * (base-account.h); the account's own name and address are the first identity of it.
 *
 * Plain values; any thread, one at a time. */
#pragma once

#include "base-server.h"

G_BEGIN_DECLS

#define BASE_SIGNATURE_MAX      (16 * 1024) /* octets of its text */
#define BASE_SIGNATURE_HTML_MAX (64 * 1024)

typedef struct
{
  char *id;        /* "" is the account's own; else [a-z0-9-] */
  char *name;      /* nullable: goes into From; may be "" */
  char *address;   /* goes into From, and into the envelope */
  char *reply_to;  /* nullable: an address that answers go to instead */
  char *signature; /* nullable: id of one of the account's */
  char *
      sent_folder; /* nullable: path of the folder for the copies; the account's Sent where it is not there */
  gboolean bcc_self;
  gboolean signature_above; /* of what an answer quotes */
  BaseServer *
      smtp; /* nullable: by which it sends, if not by the account's; of the account's own one always NULL */
} BaseIdentity;

BaseIdentity *base_identity_new (void) G_GNUC_WARN_UNUSED_RESULT; /* with a fresh random id */
BaseIdentity *base_identity_dup (const BaseIdentity *identity) G_GNUC_WARN_UNUSED_RESULT;
void base_identity_free (BaseIdentity *identity);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaseIdentity, base_identity_free)
gboolean base_identity_equal (const BaseIdentity *a, const BaseIdentity *b);

/* What stands below letters; an account has several to choose from. */
typedef struct
{
  char *id;
  char *name; /* as it is chosen by */
  char *text; /* without the line "-- " */
  char *html; /* nullable, of the subset that the editor writes: the same with its formats */
} BaseSignature;

BaseSignature *base_signature_new (void) G_GNUC_WARN_UNUSED_RESULT; /* with a fresh random id */
BaseSignature *base_signature_dup (const BaseSignature *signature) G_GNUC_WARN_UNUSED_RESULT;
void base_signature_free (BaseSignature *signature);
gboolean base_signature_equal (const BaseSignature *a, const BaseSignature *b);
/* Neither too long nor with characters that no text can have, whatever it is called. */
gboolean base_signature_is_clean (const BaseSignature *signature);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaseSignature, base_signature_free)

typedef enum
{
  BASE_ADDRESS_OTHER,
  BASE_ADDRESS_PLUS, /* "user+anything@domain" of "user@domain" (RFC 5233) */
  BASE_ADDRESS_SAME,
} BaseAddressMatch;
/* Whether mail to `address` reaches `own`: whatever the case of ASCII letters, whichever way the domain is spelt. */
BaseAddressMatch base_address_match (const char *own, const char *address);
/* The address as every server and program takes it, its domain in ASCII (RFC 5890); NULL where its name or its domain has no such form: that
 * one wants SMTPUTF8 (RFC 6531) all the way. */
char *base_address_dup_ascii (const char *address) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
