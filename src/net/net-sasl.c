/* SASL mechanisms of the client.  Pure, on whichever thread signs in; must never keep a password longer than the
 * sign-in, nor take a server for genuine that did not prove that it knows the password (SCRAM). */
#include "net-sasl.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "base-error.h"
#include "base-secret.h"
#include "net-sasl-private.h"
#include "net-scram-private.h"

#define MAX_CHALLENGE 4096

typedef enum
{
  MECHANISM_SCRAM_SHA_256_PLUS,
  MECHANISM_SCRAM_SHA_1_PLUS,
  MECHANISM_SCRAM_SHA_256,
  MECHANISM_SCRAM_SHA_1,
  MECHANISM_PLAIN,
  MECHANISM_LOGIN,
  MECHANISM_OAUTHBEARER,
  MECHANISM_XOAUTH2,
  MECHANISM_EXTERNAL,
} Mechanism;

/* By Mechanism; of each kind the best first. */
static const struct
{
  const char *name;
  BaseSignIn kind;
  BaseProof proof; /* that it asks of the server */
} table[] = {
  { "SCRAM-SHA-256-PLUS", BASE_SIGN_IN_PASSWORD, BASE_PROOF_BOUND },
  { "SCRAM-SHA-1-PLUS", BASE_SIGN_IN_PASSWORD, BASE_PROOF_BOUND },
  { "SCRAM-SHA-256", BASE_SIGN_IN_PASSWORD, BASE_PROOF_SCRAM },
  { "SCRAM-SHA-1", BASE_SIGN_IN_PASSWORD, BASE_PROOF_SCRAM },
  { "PLAIN", BASE_SIGN_IN_PASSWORD, BASE_PROOF_NONE },
  { "LOGIN", BASE_SIGN_IN_PASSWORD, BASE_PROOF_NONE },
  { "OAUTHBEARER", BASE_SIGN_IN_OAUTH, BASE_PROOF_NONE },
  { "XOAUTH2", BASE_SIGN_IN_OAUTH, BASE_PROOF_NONE },
  { "EXTERNAL", BASE_SIGN_IN_CERTIFICATE, BASE_PROOF_NONE },
};

typedef enum
{
  STATE_START,
  STATE_FIRST_SENT, /* the initial response, or the user name of LOGIN */
  STATE_PROOF_SENT, /* SCRAM: the server has to prove itself now */
  STATE_DONE,
} State;

struct _NetSasl
{
  Mechanism mechanism;
  State state;
  char *user, *secret; /* Owned; the secret is wiped */
  char *host;          /* Owned */
  guint16 port;
  char *status;    /* Owned: why a token is refused */
  GBytes *binding; /* Owned, NULL where the connection has none */
  NetScram *scram; /* Owned, NULL with other mechanisms; borrows from what stands above */
  gboolean foreign_binding;
};

/* In whichever way. */
static gboolean
offers_binding (const char *const *mechanisms)
{
  for (guint i = 0; mechanisms[i] != NULL; i++)
    if (g_str_has_prefix (mechanisms[i], "SCRAM-") && g_str_has_suffix (mechanisms[i], "-PLUS"))
      return TRUE;
  return FALSE;
}

static NetScram *
new_scram (NetSasl *sasl, const char *const *mechanisms)
{
  NetScramTask task = { .binding = NET_SCRAM_UNABLE,
                        .bound_to = sasl->binding,
                        .user = sasl->user,
                        .password = sasl->secret,
                        .host = sasl->host };

  if (table[sasl->mechanism].proof == BASE_PROOF_BOUND)
    task.binding = NET_SCRAM_BOUND;
  else if (sasl->binding != NULL && !offers_binding (mechanisms))
    task.binding = NET_SCRAM_UNOFFERED;
  if (sasl->mechanism == MECHANISM_SCRAM_SHA_1 || sasl->mechanism == MECHANISM_SCRAM_SHA_1_PLUS)
    task.hash = NET_SCRAM_SHA_1;
  return net_scram_new (&task);
}

NetSasl *
net_sasl_new (const char *const *mechanisms, const NetLogin *login, const NetPeer *peer)
{
  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    NetSasl *sasl;

    if (table[i].kind != login->kind
        || (login->kind == BASE_SIGN_IN_PASSWORD && table[i].proof < login->proved)
        || (table[i].proof == BASE_PROOF_BOUND && peer->binding == NULL)
        || !g_strv_contains (mechanisms, table[i].name))
      continue;
    sasl = g_new0 (NetSasl, 1);
    sasl->mechanism = (Mechanism)i;
    sasl->user = g_strdup (login->user != NULL ? login->user : "");
    sasl->secret = g_strdup (login->secret != NULL ? login->secret : "");
    sasl->host = g_strdup (peer->host);
    sasl->port = peer->port;
    sasl->binding = peer->binding != NULL ? g_bytes_ref (peer->binding) : NULL;
    if (table[i].proof != BASE_PROOF_NONE)
      sasl->scram = new_scram (sasl, mechanisms);
    return sasl;
  }

  return NULL;
}

void
net_sasl_free (NetSasl *sasl)
{
  if (sasl == NULL)
    return;

  net_scram_free (sasl->scram);
  g_clear_pointer (&sasl->binding, g_bytes_unref);
  g_free (sasl->user);
  g_free (sasl->host);
  g_free (sasl->status);
  base_secret_free (sasl->secret);
  g_free (sasl);
}

const char *
net_sasl_get_mechanism (NetSasl *sasl)
{
  return table[sasl->mechanism].name;
}

void
net_sasl_set_nonce (NetSasl *sasl, const char *nonce)
{
  net_scram_set_nonce (sasl->scram, nonce);
}

static char *
base64 (const char *text)
{
  return g_base64_encode ((const guchar *)text, strlen (text));
}

static char *
plain_initial (NetSasl *sasl)
{
  gsize user = strlen (sasl->user);
  gsize password = strlen (sasl->secret);
  gsize length = user + password + 2;
  g_autofree guchar *message = g_malloc0 (length);
  char *encoded;

  memcpy (message + 1, sasl->user, user);
  memcpy (message + 2 + user, sasl->secret, password);
  encoded = g_base64_encode (message, length);
  explicit_bzero (message, length);

  return encoded;
}

/* The token in the words of either mechanism. */
static char *
token_initial (NetSasl *sasl)
{
  g_autoptr (GString) name = g_string_new (sasl->user);
  g_autoptr (BaseSecret) message = NULL;

  /* RFC 5801, 4: "," and "=" of a name are written otherwise. */
  g_string_replace (name, "=", "=3D", 0);
  g_string_replace (name, ",", "=2C", 0);
  message = sasl->mechanism == MECHANISM_XOAUTH2
                ? g_strdup_printf ("user=%s\001auth=Bearer %s\001\001", sasl->user, sasl->secret)
                : g_strdup_printf ("n,a=%s,\001host=%s\001port=%u\001auth=Bearer %s\001\001",
                                   name->str, sasl->host, sasl->port, sasl->secret);
  return base64 (message);
}

char *
net_sasl_initial (NetSasl *sasl)
{
  g_autofree char *first = NULL;

  switch (sasl->mechanism) {
  case MECHANISM_SCRAM_SHA_256_PLUS:
  case MECHANISM_SCRAM_SHA_1_PLUS:
  case MECHANISM_SCRAM_SHA_256:
  case MECHANISM_SCRAM_SHA_1:
    sasl->state = STATE_FIRST_SENT;
    first = net_scram_begin (sasl->scram);
    return base64 (first);
  case MECHANISM_PLAIN:
    sasl->state = STATE_DONE;
    return plain_initial (sasl);
  case MECHANISM_OAUTHBEARER:
  case MECHANISM_XOAUTH2:
    sasl->state = STATE_FIRST_SENT;
    return token_initial (sasl);
  case MECHANISM_EXTERNAL:
    sasl->state = STATE_DONE;
    return base64 (sasl->user);
  case MECHANISM_LOGIN:
    return NULL;
  }

  g_return_val_if_reached (NULL);
}

static void
set_nonsense (GError **error, const char *detail)
{
  base_error_set (
      error, BASE_ERROR_AUTH, detail,
      _ ("The server asked something during the sign-in that makes no sense. Try again later, or ask the "
         "people who run the server."));
}

/* Text of a base64 challenge; NULL when it is none. */
static char *
decode (const char *challenge)
{
  g_autofree guchar *bytes = NULL;
  gsize length;

  if (strlen (challenge) > MAX_CHALLENGE)
    return NULL;
  bytes = g_base64_decode (challenge, &length);
  if (memchr (bytes, '\0', length) != NULL)
    return NULL;

  return g_strndup ((const char *)bytes, length);
}

static char *
scram_respond (NetSasl *sasl, const char *challenge, GError **error)
{
  g_autofree char *text = decode (challenge);
  g_autofree char *proof = NULL;
  g_autoptr (GError) local = NULL;

  if (text == NULL) {
    set_nonsense (error, NULL);
    return NULL;
  }

  if (sasl->state == STATE_FIRST_SENT) {
    proof = net_scram_prove (sasl->scram, text, error);
    if (proof == NULL)
      return NULL;
    sasl->state = STATE_PROOF_SENT;
    return base64 (proof);
  }

  if (!net_scram_check (sasl->scram, text, &local)) {
    sasl->foreign_binding = net_scram_is_foreign_binding (sasl->scram);
    if (sasl->foreign_binding)
      return g_strdup ("");
    g_propagate_error (error, g_steal_pointer (&local));
    return NULL;
  }

  sasl->state = STATE_DONE;
  return g_strdup ("");
}

/* A challenge after the token is its refusal, as JSON; the server waits for an answer that says nothing before it says NO (RFC 7628,
 * 3.2.3). */
static char *
token_respond (NetSasl *sasl, const char *challenge)
{
  g_autofree char *text = decode (challenge);
  g_autoptr (JsonNode) node = text != NULL ? json_from_string (text, NULL) : NULL;
  JsonNode *status = node != NULL && JSON_NODE_HOLDS_OBJECT (node)
                         ? json_object_get_member (json_node_get_object (node), "status")
                         : NULL;

  sasl->state = STATE_DONE;
  if (status != NULL && json_node_get_value_type (status) == G_TYPE_STRING)
    sasl->status = json_node_dup_string (status);
  return base64 (sasl->mechanism == MECHANISM_OAUTHBEARER ? "\001" : "");
}

char *
net_sasl_respond (NetSasl *sasl, const char *challenge, GError **error)
{
  if (sasl->state == STATE_START && sasl->mechanism != MECHANISM_LOGIN) {
    if (*challenge == '\0')
      return net_sasl_initial (sasl);
    set_nonsense (error, NULL);
    return NULL;
  }
  if (sasl->state == STATE_DONE) {
    set_nonsense (error, NULL);
    return NULL;
  }

  switch (sasl->mechanism) {
  case MECHANISM_SCRAM_SHA_256_PLUS:
  case MECHANISM_SCRAM_SHA_1_PLUS:
  case MECHANISM_SCRAM_SHA_256:
  case MECHANISM_SCRAM_SHA_1:
    return scram_respond (sasl, challenge, error);
  case MECHANISM_LOGIN:
    /* What the server asks is written in many ways; the order is always the same. */
    if (sasl->state == STATE_START) {
      sasl->state = STATE_FIRST_SENT;
      return base64 (sasl->user);
    }
    sasl->state = STATE_DONE;
    return base64 (sasl->secret);
  case MECHANISM_OAUTHBEARER:
  case MECHANISM_XOAUTH2:
    return token_respond (sasl, challenge);
  case MECHANISM_PLAIN:
  case MECHANISM_EXTERNAL:
    break;
  }

  g_return_val_if_reached (NULL);
}

gboolean
net_sasl_is_complete (NetSasl *sasl)
{
  /* After a token another word of the server's was a refusal. */
  if (table[sasl->mechanism].kind == BASE_SIGN_IN_OAUTH)
    return sasl->state == STATE_FIRST_SENT;
  return sasl->state == STATE_DONE;
}

BaseProof
net_sasl_get_proof (NetSasl *sasl)
{
  return table[sasl->mechanism].proof;
}

gboolean
net_sasl_gave_proof (NetSasl *sasl)
{
  if (sasl->scram != NULL || sasl->mechanism == MECHANISM_LOGIN)
    return sasl->state == STATE_PROOF_SENT || sasl->state == STATE_DONE;
  return sasl->state != STATE_START;
}

gboolean
net_sasl_is_foreign_binding (NetSasl *sasl)
{
  return sasl->foreign_binding;
}

const char *
net_sasl_get_status (NetSasl *sasl)
{
  return sasl->status;
}

void
net_sasl_set_no_way (GError **error, const NetLogin *login, const char *host, const char *detail)
{
  if (login->kind == BASE_SIGN_IN_CERTIFICATE)
    base_error_set (
        error, BASE_ERROR_TRUST, detail,
        _ ("“%s” takes no sign-in with a certificate on this port. Check the port, or use a password."),
        host);
  else
    base_error_set (
        error, BASE_ERROR_AUTH, detail,
        _ ("“%s” takes no sign-in by way of a web page on this port. Check the port, or use a password."),
        host);
}

void
net_sasl_set_refused (GError **error, const NetLogin *login, const char *host, NetSasl *sasl,
                      const char *words)
{
  const char *status = sasl != NULL ? sasl->status : NULL;
  g_autofree char *detail = status != NULL ? g_strjoin ("\n", status, words, NULL) : NULL;

  if (detail != NULL)
    words = detail;
  if (login->kind == BASE_SIGN_IN_CERTIFICATE)
    base_error_set (
        error, BASE_ERROR_TRUST, words,
        _ ("“%s” did not accept your certificate. Ask your provider or administrator whether it is the right one."),
        host);
  else if (g_strcmp0 (status, "insufficient_scope") == 0 || g_strcmp0 (status, "403") == 0)
    base_error_set (
        error, BASE_ERROR_AUTH, words,
        _ ("“%s” does not let Sosik at your mail. Sign in again, and allow it on the web page."),
        host);
  else
    base_error_set (error, BASE_ERROR_AUTH, words,
                    _ ("Your sign-in at “%s” is not valid any more. Sign in again."), host);
}
