/* Fetches settings by libsoup, in a session of its own for each file, and reads them by GMarkup, which knows no entities but the five of XML:
 * there is nothing that a file could make grow.  Pool threads.  Must never take a server without encryption for what it says it is. */
#include "mail-autoconfig.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base-error.h"
#include "mail-http.h"
#include "mail-records.h"

#define MAX_OCTETS    (256u * 1000)
#define MAX_REDIRECTS 3
#define MAX_DEPTH     16
#define MAX_TEXT      1000
#define TIMEOUT_S     10

/* ---- reading ---- */

/* How good a server is, the best first (RFC 8314). */
typedef enum
{
  RANK_TLS,
  RANK_STARTTLS,
  RANK_CLEAR, /* it says so: to be called with STARTTLS all the same */
  RANK_NONE,
} Rank;

typedef struct
{
  char *host, *user;
  guint16 port;
  Rank rank;
  gboolean says_how, can_sign_in; /* some <authentication>; one that we have */
} Told;

typedef enum
{
  SIDE_IMAP,
  SIDE_SMTP,
  SIDE_NONE,
} Side;

typedef struct
{
  const char *address;
  guint depth;
  gboolean in_config, in_provider; /* at depth 1, 2 */
  Side side;                       /* at depth 3: of the server under way */
  Told now;
  Told best[SIDE_NONE];
  GString *text; /* of the element under way */
} Reading;

static void
told_clear (Told *told)
{
  g_free (told->host);
  g_free (told->user);
  *told = (Told){ .rank = RANK_NONE };
}

static Side
find_side (const char *name, const char **keys, const char **values)
{
  const char *type = "";

  for (gsize i = 0; keys[i] != NULL; i++)
    if (g_str_equal (keys[i], "type"))
      type = values[i];
  if (g_str_equal (name, "incomingServer") && g_str_equal (type, "imap"))
    return SIDE_IMAP;
  return g_str_equal (name, "outgoingServer") && g_str_equal (type, "smtp") ? SIDE_SMTP : SIDE_NONE;
}

static void
on_start (GMarkupParseContext *context, const char *name, const char **keys, const char **values,
          gpointer data, GError **error)
{
  Reading *reading = data;

  reading->depth++;
  g_string_truncate (reading->text, 0);
  if (reading->depth > MAX_DEPTH) {
    g_set_error_literal (error, G_MARKUP_ERROR, G_MARKUP_ERROR_INVALID_CONTENT, "too deep");
  } else if (reading->depth == 1) {
    reading->in_config = g_str_equal (name, "clientConfig");
  } else if (reading->depth == 2) {
    reading->in_provider = reading->in_config && g_str_equal (name, "emailProvider");
  } else if (reading->depth == 3) {
    reading->side = reading->in_provider ? find_side (name, keys, values) : SIDE_NONE;
    told_clear (&reading->now);
  }
}

static void
on_text (GMarkupParseContext *context, const char *text, gsize length, gpointer data,
         GError **error)
{
  Reading *reading = data;

  if (reading->text->len < MAX_TEXT)
    g_string_append_len (reading->text, text, (gssize)MIN (length, MAX_TEXT));
}

/* "%EMAILADDRESS%" and its parts. */
static char *
expand (const char *text, const char *address)
{
  GString *expanded = g_string_new (text);
  const char *at = strrchr (address, '@');
  g_autofree char *local = g_strndup (address, (gsize)(at - address));

  g_string_replace (expanded, "%EMAILADDRESS%", address, 0);
  g_string_replace (expanded, "%EMAILLOCALPART%", local, 0);
  g_string_replace (expanded, "%EMAILDOMAIN%", at + 1, 0);
  return g_string_free (expanded, FALSE);
}

/* In lower case ASCII; NULL: it is no name of a host. */
static char *
read_host (const char *text, const char *address)
{
  g_autofree char *expanded = expand (text, address);
  g_autofree char *ascii = g_hostname_to_ascii (expanded);

  return ascii != NULL ? mail_records_clean_host (ascii) : NULL;
}

static Rank
read_socket_type (const char *text)
{
  if (g_ascii_strcasecmp (text, "SSL") == 0)
    return RANK_TLS;
  if (g_ascii_strcasecmp (text, "STARTTLS") == 0)
    return RANK_STARTTLS;
  return g_ascii_strcasecmp (text, "plain") == 0 ? RANK_CLEAR : RANK_NONE;
}

static gboolean
is_our_way_in (const char *text)
{
  static const char *const ours[] = { "password-cleartext", "plain", "password-encrypted", "secure",
                                      "OAuth2" };

  for (gsize i = 0; i < G_N_ELEMENTS (ours); i++)
    if (g_str_equal (text, ours[i]))
      return TRUE;
  return FALSE;
}

static void
read_field (Told *now, const char *name, const char *text, const char *address)
{
  guint64 port = 0;

  if (g_str_equal (name, "hostname")) {
    g_free (now->host);
    now->host = read_host (text, address);
  } else if (g_str_equal (name, "port")) {
    if (g_ascii_string_to_unsigned (text, 10, 1, G_MAXUINT16, &port, NULL))
      now->port = (guint16)port;
  } else if (g_str_equal (name, "socketType")) {
    now->rank = read_socket_type (text);
  } else if (g_str_equal (name, "username")) {
    g_free (now->user);
    now->user = expand (text, address);
  } else if (g_str_equal (name, "authentication")) {
    now->says_how = TRUE;
    now->can_sign_in |= is_our_way_in (text);
  }
}

/* The first of the best. */
static void
take_server (Told *now, Told *best)
{
  if (now->host == NULL || now->port == 0 || now->rank == RANK_NONE
      || (now->says_how && !now->can_sign_in) || now->rank >= best->rank
      || (now->user != NULL && !base_account_field_is_clean (now->user)))
    return;
  told_clear (best);
  *best = *now;
  *now = (Told){ .rank = RANK_NONE };
}

static void
on_end (GMarkupParseContext *context, const char *name, gpointer data, GError **error)
{
  Reading *reading = data;

  if (reading->depth == 4 && reading->side != SIDE_NONE)
    read_field (&reading->now, name, g_strstrip (reading->text->str), reading->address);
  if (reading->depth == 3 && reading->side != SIDE_NONE)
    take_server (&reading->now, &reading->best[reading->side]);
  reading->depth--;
  g_string_truncate (reading->text, 0);
}

static void
fill (BaseServer *server, Told *told, const char *address)
{
  g_free (server->host);
  server->host = g_steal_pointer (&told->host);
  if (server->host == NULL)
    return;
  g_free (server->user);
  server->user = told->user != NULL && *told->user != '\0' ? g_steal_pointer (&told->user)
                                                           : g_strdup (address);
  server->port = told->port;
  server->security = told->rank == RANK_TLS ? BASE_SECURITY_TLS : BASE_SECURITY_STARTTLS;
}

gboolean
mail_autoconfig_parse (BaseAccount *account, const char *text, gsize length, GError **error)
{
  static const GMarkupParser parser = { on_start, on_end, on_text, NULL, NULL };
  Reading reading = { .address = account->address, .text = g_string_new (NULL) };
  BaseServer *servers[SIDE_NONE] = { &account->imap, &account->smtp };
  g_autoptr (GMarkupParseContext) context =
      g_markup_parse_context_new (&parser, G_MARKUP_TREAT_CDATA_AS_TEXT, &reading, NULL);
  g_autofree char *mended = g_utf8_make_valid (text, (gssize)length);
  gboolean good, found = FALSE;

  for (Side side = SIDE_IMAP; side < SIDE_NONE; side++)
    told_clear (&reading.best[side]);
  told_clear (&reading.now);
  good = g_markup_parse_context_parse (context, mended, (gssize)strlen (mended), NULL)
         && g_markup_parse_context_end_parse (context, NULL);
  for (Side side = SIDE_IMAP; side < SIDE_NONE; side++) {
    if (good)
      fill (servers[side], &reading.best[side], account->address);
    found |= good && servers[side]->host != NULL;
    told_clear (&reading.best[side]);
  }
  told_clear (&reading.now);
  g_string_free (reading.text, TRUE);
  if (!found)
    base_error_set (error, BASE_ERROR_BROKEN, NULL,
                    _ ("What was found are no settings of mail servers."));
  return found;
}

/* ---- fetching ---- */

static void
set_unreachable (GError **error, GError *cause, const char *host)
{
  g_autoptr (GError) owned = cause;

  if (base_error_is_cancelled (owned))
    g_propagate_error (error, g_steal_pointer (&owned));
  else if (owned != NULL && owned->domain == G_TLS_ERROR)
    base_error_set (error, BASE_ERROR_TRUST, owned->message,
                    _ ("“%s” could not prove who it is, so its settings were not taken."), host);
  else
    base_error_set (error, BASE_ERROR_RETRY, owned != NULL ? owned->message : NULL,
                    _ ("“%s” could not be reached."), host);
}

static GByteArray *
read_body (GInputStream *stream, const char *host, GCancellable *cancellable, GError **error)
{
  GError *local = NULL;
  GByteArray *body = mail_http_read (stream, MAX_OCTETS, cancellable, &local);

  if (body != NULL)
    return body;
  if (!g_error_matches (local, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE)) {
    set_unreachable (error, local, host);
    return NULL;
  }
  g_error_free (local);
  base_error_set (error, BASE_ERROR_LIMIT, NULL, _ ("What “%s” sent is too large for settings."),
                  host);
  return NULL;
}

/* Where it goes on; NULL: nowhere that would be as safe. */
static GUri *
follow (SoupMessage *message, GError **error)
{
  GUri *uri = soup_message_get_uri (message);
  const char *location =
      soup_message_headers_get_one (soup_message_get_response_headers (message), "Location");
  g_autoptr (GUri) next =
      location != NULL ? g_uri_parse_relative (uri, location, SOUP_HTTP_URI_FLAGS, NULL) : NULL;
  const char *scheme = next != NULL ? g_uri_get_scheme (next) : "";

  if (next != NULL && g_uri_get_host (next) != NULL && g_uri_get_userinfo (next) == NULL
      && (g_str_equal (scheme, "https")
          || (g_str_equal (scheme, "http") && g_str_equal (g_uri_get_scheme (uri), "http"))))
    return g_steal_pointer (&next);
  base_error_set (error, BASE_ERROR_TRUST, NULL,
                  _ ("“%s” sends on to an unsafe place, so its settings were not taken."),
                  g_uri_get_host (uri));
  return NULL;
}

/* The text; NULL without error: *next to go to. */
static GByteArray *
fetch_hop (GUri *uri, GUri **next, GCancellable *cancellable, GError **error)
{
  g_autoptr (SoupSession) session = mail_http_session_new ("Mozilla/5.0", TIMEOUT_S);
  g_autoptr (SoupMessage) message = mail_http_message_new ("GET", uri);
  const char *host = g_uri_get_host (uri);
  GError *local = NULL;

  g_autoptr (GInputStream) stream = soup_session_send (session, message, cancellable, &local);
  guint status = soup_message_get_status (message);

  if (stream == NULL) {
    set_unreachable (error, local, host);
    return NULL;
  }
  if (SOUP_STATUS_IS_REDIRECTION (status)) {
    *next = follow (message, error);
    return NULL;
  }
  if (!SOUP_STATUS_IS_SUCCESSFUL (status)) {
    base_error_set (error, BASE_ERROR_GONE, NULL, _ ("“%s” has no settings for mail programs."),
                    host);
    return NULL;
  }
  return read_body (stream, host, cancellable, error);
}

static char *
dup_where (const char *first, const char *last)
{
  if (g_ascii_strcasecmp (first, last) == 0)
    return g_strdup (last);
  /* Translators: two hosts; who was asked first sent on to the other one */
  return g_strdup_printf (_ ("%s, by way of %s"), last, first);
}

gboolean
mail_autoconfig_fetch (BaseAccount *account, const char *text, char **where,
                       GCancellable *cancellable, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (text, SOUP_HTTP_URI_FLAGS, error);
  g_autofree char *first = uri != NULL ? g_strdup (g_uri_get_host (uri)) : NULL;

  for (guint hop = 0; uri != NULL && hop <= MAX_REDIRECTS; hop++) {
    g_autoptr (GUri) next = NULL;
    g_autoptr (GError) local = NULL;
    g_autoptr (GByteArray) body = fetch_hop (uri, &next, cancellable, &local);

    if (local != NULL) {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
    if (next == NULL) {
      *where = dup_where (first, g_uri_get_host (uri));
      return mail_autoconfig_parse (account, (const char *)body->data, body->len, error);
    }
    g_uri_unref (uri);
    uri = g_steal_pointer (&next);
  }
  if (uri != NULL)
    base_error_set (error, BASE_ERROR_LIMIT, NULL,
                    _ ("“%s” sends from one place to the next without end."), g_uri_get_host (uri));
  return FALSE;
}
