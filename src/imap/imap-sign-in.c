/* Signing in: SASL or LOGIN, then what the server can do now, who we are (ID), and what is to be enabled.  Runs in the
 * session's thread; must never send a secret in clear (the connection refuses) nor keep one after it was sent. */
#include "imap-flight-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base-error.h"
#include "base-secret.h"
#include "net-ways.h"

/* A mechanism needs three rounds at most; a server that goes on asking is no server. */
#define MAX_ROUNDS 10
/* Octets of a first response that stand in the command itself: Dovecot takes commands of 4096 before the sign-in, and answers of
 * 8192; tokens may be as long as that. */
#define MAX_INITIAL 3500

/* The server's words, and what it wanted shown to the person in any case. */
static char *
dup_words (ImapSession *session, const ImapResponse *answer)
{
  const char *text = answer->text != NULL ? answer->text : "";
  const char *alerts = session->alerts->str;
  if (*alerts == '\0' || strstr (text, alerts) != NULL)
    return g_strdup (text);
  if (*text == '\0' || strstr (alerts, text) != NULL)
    return g_strdup (alerts);
  return g_strdup_printf ("%s\n%s", text, alerts);
}

static void
set_sign_in_refused (ImapSession *session, const NetLogin *login, NetSasl *sasl,
                     const ImapResponse *answer, GError **error)
{
  g_autofree char *words = dup_words (session, answer);

  g_free (session->refused_code);
  session->refused_code = g_strdup (answer->code);
  if (imap_talk_is_for_now (answer) || imap_response_has_code (answer, "LIMIT")
      || imap_response_has_code (answer, "OVERQUOTA")) {
    base_error_set (error, BASE_ERROR_RETRY, words, _ ("“%s” cannot sign you in at the moment."),
                    session->host);
  } else if (login->kind != BASE_SIGN_IN_PASSWORD) {
    net_sasl_set_refused (error, login, session->host, sasl, words);
  } else if (imap_response_has_code (answer, "EXPIRED")) {
    base_error_set (
        error, BASE_ERROR_AUTH, words,
        _ ("Your password for “%s” has expired. Change it with your provider, then enter the new one here."),
        session->host);
  } else if (imap_response_has_code (answer, "WEBALERT")) {
    base_error_set (
        error, BASE_ERROR_AUTH, words,
        _ ("“%s” wants you to sign in with a web browser first. Do that, then try again here."),
        session->host);
  } else if (imap_response_has_code (answer, "AUTHORIZATIONFAILED")
             || imap_response_has_code (answer, "CONTACTADMIN")) {
    base_error_set (
        error, BASE_ERROR_AUTH, words,
        _ ("“%s” does not let you use this mailbox. Ask your provider or administrator."),
        session->host);
  } else {
    base_error_set (
        error, BASE_ERROR_AUTH, words,
        _ ("“%s” did not accept the user name or the password. Check both; some providers want a password "
           "made for mail programs."),
        session->host);
  }
}

static NetRefusal
classify (const ImapResponse *answer)
{
  if (net_refusal_is_of_protocol (answer->text))
    return NET_REFUSAL_PROTOCOL;
  return answer->code == NULL ? NET_REFUSAL_UNKNOWN : NET_REFUSAL_PLAIN;
}

static gboolean
send_line (ImapSession *session, const char *secret, GCancellable *cancellable, GError **error)
{
  return imap_talk_write (session, secret, TRUE, cancellable, error)
         && imap_talk_write (session, "\r\n", FALSE, cancellable, error)
         && imap_talk_flush (session, cancellable, error);
}

/* The challenges and answers of one mechanism, until `answer` is the tagged one. */
static gboolean
converse (ImapSession *session, NetSasl *sasl, const ImapTag tag, const char *initial,
          ImapResponse *answer, GCancellable *cancellable, GError **error)
{
  const ImapExchange exchange = { 0 };

  for (guint round = 0;; round++) {
    imap_response_clear (answer);
    if (!imap_talk_wait_continue (session, tag, &exchange, answer, cancellable, error))
      return FALSE;
    if (answer->kind == IMAP_RESPONSE_TAGGED)
      return TRUE;

    g_autoptr (GError) senseless = NULL;
    g_autoptr (BaseSecret) reply = NULL;
    const char *challenge = g_strstrip (answer->text);
    if (round == 0 && *challenge == '\0' && initial != NULL)
      reply = g_strdup (initial);
    else if (round < MAX_ROUNDS)
      reply = net_sasl_respond (sasl, challenge, &senseless);
    if (reply != NULL) {
      if (!send_line (session, reply, cancellable, error))
        return FALSE;
      continue;
    }

    /* "*" calls the exchange off; what the server says to that adds nothing */
    imap_response_clear (answer);
    if (!imap_talk_write (session, "*\r\n", FALSE, cancellable, error)
        || !imap_talk_flush (session, cancellable, error)
        || !imap_talk_finish (session, tag, &exchange, answer, cancellable, error))
      return FALSE;
    session->usable = FALSE;
    if (senseless != NULL)
      g_propagate_error (error, g_steal_pointer (&senseless));
    else
      base_error_set (error, BASE_ERROR_BROKEN, NULL, _ ("Signing in to “%s” came to no end."),
                      session->host);
    return FALSE;
  }
}

static gboolean
authenticate (ImapSession *session, NetSasl *sasl, ImapResponse *answer, GCancellable *cancellable,
              GError **error)
{
  const ImapExchange exchange = { 0 };
  ImapTag tag;
  gboolean answered;
  /* Where it does not go out with the command, it is the answer to the first challenge. */
  g_autoptr (BaseSecret) initial =
      imap_session_has (session, IMAP_CAP_SASL_IR) ? net_sasl_initial (sasl) : NULL;
  g_autoptr (ImapCommand) command = imap_command_new ("AUTHENTICATE ", FALSE);

  imap_command_add (command, "%s", net_sasl_get_mechanism (sasl));
  if (initial != NULL && strlen (initial) <= MAX_INITIAL) {
    imap_command_add (command, " ");
    imap_command_add_secret (command, *initial != '\0' ? initial : "=");
  }
  if (!imap_talk_send (session, command, &exchange, tag, answer, &answered, cancellable, error)
      || !converse (session, sasl, tag, initial, answer, cancellable, error))
    return FALSE;
  if (answer->condition == IMAP_CONDITION_OK && !net_sasl_is_complete (sasl)) {
    session->usable = FALSE;
    base_error_set (
        error, BASE_ERROR_TRUST, answer->text,
        _ ("“%s” did not prove that it knows your password. It may not be your mail server."),
        session->host);
    return FALSE;
  }
  return TRUE;
}

static gboolean
log_in (ImapSession *session, const NetLogin *login, ImapResponse *answer,
        GCancellable *cancellable, GError **error)
{
  const ImapExchange exchange = { 0 };
  g_autoptr (ImapCommand) command = imap_command_new ("LOGIN ", FALSE);
  imap_command_add_string (command, login->user);
  imap_command_add (command, " ");
  imap_command_add_secret_string (command, login->secret);
  return imap_talk_ask (session, command, &exchange, answer, cancellable, error);
}

/* As net_ways_new () wants them. */
static NetWays *
new_ways (ImapSession *session, const NetLogin *login)
{
  g_autoptr (GPtrArray) mechanisms = g_ptr_array_copy (session->mechanisms, NULL, NULL);
  NetPeer peer;

  g_ptr_array_set_free_func (mechanisms, NULL); /* the strings are the session's */
  g_ptr_array_add (mechanisms, NULL);
  net_connection_get_peer (session->connection, &peer);
  return net_ways_new ((const char *const *)mechanisms->pdata, login, &peer);
}

static void
set_no_way (ImapSession *session, const NetLogin *login, GError **error)
{
  if (login->kind == BASE_SIGN_IN_PASSWORD)
    base_error_set (
        error, BASE_ERROR_AUTH, NULL,
        _ ("“%s” offers no way of signing in that Sosik knows. Ask your provider for access with a password."),
        session->host);
  else
    net_sasl_set_no_way (error, login, session->host, NULL);
}

static gboolean
prove_identity (ImapSession *session, const NetLogin *login, GCancellable *cancellable,
                GError **error)
{
  g_autoptr (NetWays) ways = new_ways (session, login);
  gboolean may_login =
      net_ways_may_tell (ways) && !imap_session_has (session, IMAP_CAP_LOGINDISABLED);
  g_auto (ImapResponse) answer = { 0 };
  g_autoptr (NetSasl) sasl = NULL;

  for (gboolean tried = FALSE;; tried = TRUE) {
    g_autoptr (NetSasl) last = g_steal_pointer (&sasl);
    g_autoptr (GError) less = NULL;

    sasl = net_ways_next (ways, &less);
    if (less != NULL) {
      g_propagate_error (error, g_steal_pointer (&less));
      return FALSE;
    }
    if (sasl == NULL && !may_login && !tried) {
      set_no_way (session, login, error);
      return FALSE;
    }
    if (sasl == NULL && !may_login) {
      sasl = g_steal_pointer (&last);
      break;
    }
    session->capabilities_known = FALSE;
    imap_response_clear (&answer);
    if (sasl != NULL ? !authenticate (session, sasl, &answer, cancellable, error)
                     : !log_in (session, login, &answer, cancellable, error))
      return FALSE;
    if (answer.condition == IMAP_CONDITION_OK) {
      session->proof = sasl != NULL ? net_sasl_get_proof (sasl) : BASE_PROOF_NONE;
      return TRUE;
    }
    if (sasl == NULL || !net_ways_go_on (ways, sasl, classify (&answer)))
      break;
  }
  set_sign_in_refused (session, login, sasl, &answer, error);
  return FALSE;
}

static void
add_enable (ImapFlight *flight, ImapSession *session)
{
  static const struct
  {
    const char *word;
    ImapCapability capability;
  } words[] = {
    { "QRESYNC", IMAP_CAP_QRESYNC },
    { "CONDSTORE", IMAP_CAP_CONDSTORE },
    { "UTF8=ACCEPT", IMAP_CAP_UTF8_ACCEPT },
    { "IMAP4rev2", IMAP_CAP_IMAP4REV2 },
  };
  g_autoptr (ImapCommand) command = imap_command_new ("ENABLE", FALSE);

  if (!imap_session_has (session, IMAP_CAP_ENABLE))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
    /* QRESYNC has CONDSTORE in it (RFC 7162 3.2.3) */
    if (imap_session_has (session, words[i].capability)
        && !(words[i].capability == IMAP_CAP_CONDSTORE
             && imap_session_has (session, IMAP_CAP_QRESYNC)))
      imap_command_add (command, " %s", words[i].word);
  }
  if (imap_command_get_n_parts (command) > 1)
    imap_flight_add (flight, g_steal_pointer (&command), 0, "", NULL);
}

static ImapTaken
take_id (ImapSession *session, const ImapResponse *response, gpointer user_data, GError **error)
{
  if (strcmp (response->name, "ID") != 0)
    return IMAP_TAKEN_NOT;
  const char *rest = imap_lexer_rest (session->lexer);
  g_free (session->server_id);
  session->server_id = g_strdup (rest);
  imap_capability_limit (session);
  return IMAP_TAKEN;
}

/* The agreement was the last thing in clear text: what came behind it is compressed. */
static gboolean
finish_compress (ImapSession *session, ImapTask *task, const ImapResponse *answer, GError **error)
{
  gsize length;
  const void *pending = imap_lexer_take_pending (session->lexer, &length);
  net_connection_start_compression (session->connection, pending, length);
  return TRUE;
}

/* All that is left to be said in one round trip; a refusal of any is no failure.  COMPRESS is the last: nothing may be sent
 * behind it before it is answered (RFC 4978 3). */
static gboolean
introduce (ImapSession *session, GCancellable *cancellable, GError **error)
{
  g_autoptr (ImapFlight) flight = imap_flight_new (session);

  /* never empty (quirk 23), and always before SELECT, which NetEase refuses otherwise (quirk 40) */
  if (imap_session_has (session, IMAP_CAP_ID) || session->quirks.needs_id)
    imap_flight_add (
        flight,
        imap_command_new ("ID (\"name\" \"Sosik\" \"version\" \"" SOSIK_VERSION "\")", FALSE), 0,
        "", NULL)
        ->exchange.data = take_id;
  add_enable (flight, session);
  if (imap_session_has (session, IMAP_CAP_NAMESPACE))
    imap_flight_add (flight, imap_command_new ("NAMESPACE", FALSE), (ImapTaskTraits)0, "", NULL);
  if (imap_session_has (session, IMAP_CAP_COMPRESS))
    imap_flight_add (flight, imap_command_new ("COMPRESS DEFLATE", FALSE), (ImapTaskTraits)0, "",
                     NULL)
        ->finish = finish_compress;
  return imap_flight_run (flight, cancellable, error);
}

BaseProof
imap_session_get_proof (ImapSession *session)
{
  return session->proof;
}

gboolean
imap_session_is_quiet (ImapSession *session)
{
  return session->usable && !imap_lexer_is_pending (session->lexer)
         && net_connection_is_quiet (session->connection);
}

gboolean
imap_session_identify (ImapSession *session, const NetLogin *login, GCancellable *cancellable,
                       GError **error)
{
  g_autoptr (BaseHush) hush = base_hush_new (login->secret);

  if (!imap_talk_check_usable (session, error))
    return FALSE;
  g_string_truncate (session->alerts, 0);
  session->signed_in = session->signed_in || prove_identity (session, login, cancellable, error);
  return session->signed_in;
}

gboolean
imap_session_sign_in (ImapSession *session, const NetLogin *login, GCancellable *cancellable,
                      GError **error)
{
  g_autoptr (BaseHush) hush = base_hush_new (login->secret);

  if (!imap_session_identify (session, login, cancellable, error))
    return FALSE;
  imap_session_remark (session, "signed in");
  return imap_session_learn_capabilities (session, cancellable, error)
         && introduce (session, cancellable, error);
}
