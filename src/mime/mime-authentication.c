/* Reads RFC 8601 Authentication-Results, of the server that is believed, and what follows for the address in From.
 *
 * Pure; any one thread at a time per message.  It must never take a word of a field that somebody on the way could have written for one of the
 * receiving server: only the first field of that name is read, and no second one beside it. */
#include "mime-authentication.h"

#include <string.h>

#include "mime-message-private.h"
#include "mime-structure-private.h"

#define MAX_FIELD   16384 /* octets that are read of one */
#define MAX_RESULTS 64
#define MAX_FIELDS  50

static void
check_free (gpointer data)
{
  MimeCheck *check = data;

  g_free (check->method);
  g_free (check->word);
  g_free (check->domain);
  g_free (check);
}

void
mime_authentication_free (MimeAuthentication *self)
{
  if (self == NULL)
    return;
  g_free (self->server);
  g_ptr_array_unref (self->checks);
  g_free (self);
}

/* ---- the field ---- */

/* Quoted pieces and others up to white space are one word: "a@b"@c is of c.  What was quoted is never a separator, nor the end. */
static char *
dup_word (const char **at, const char *end)
{
  GString *word = g_string_new (NULL);
  gboolean quoted = FALSE;

  for (; *at < end; (*at)++) {
    if (**at == '"') {
      quoted = !quoted;
      if (word->len == 0)
        g_string_append_c (word, '_');
    } else if (quoted) {
      if (**at == '\\' && *at + 1 < end)
        (*at)++;
      g_string_append_c (word, strchr (";=", **at) != NULL ? '_' : **at);
    } else if (g_ascii_isspace (**at) || strchr ("(=;", **at) != NULL) {
      break;
    } else {
      g_string_append_c (word, **at);
    }
  }
  return g_string_free (word, FALSE);
}

/* A policy is often told in a comment only: "(p=NONE sp=REJECT dis=NONE)", "(policy=none)".  It becomes a property of the result it stands in. */
static void
take_policy (GPtrArray *tokens, const char *comment, gsize length)
{
  static const char *const names[] = { "p", "sp", "policy" };
  g_autofree char *text = g_strndup (comment, length);
  g_auto (GStrv) words = NULL;

  /* Behind a whole "name=value" only. */
  if (tokens->len < 3 || strcmp (tokens->pdata[tokens->len - 2], "=") != 0)
    return;
  words = g_strsplit_set (text, " \t\r\n,;()", 100);
  for (guint i = 0; words[i] != NULL; i++) {
    char *equals = strchr (words[i], '=');

    for (gsize j = 0; equals != NULL && j < G_N_ELEMENTS (names); j++) {
      if (strlen (names[j]) != (gsize)(equals - words[i])
          || g_ascii_strncasecmp (words[i], names[j], strlen (names[j])) != 0)
        continue;
      g_ptr_array_add (tokens, g_strconcat ("policy.", names[j], NULL));
      g_ptr_array_add (tokens, g_strdup ("="));
      g_ptr_array_add (tokens, g_strdelimit (g_strdup (equals + 1), "=", '_'));
    }
  }
}

/* Words, "=" and ";" as tokens; comments (but for a policy), folds and quotes gone.  An empty string ends it. */
static GPtrArray *
split (const char *raw)
{
  GPtrArray *tokens = g_ptr_array_new_with_free_func (g_free);
  const char *at = raw, *end = raw + strnlen (raw, MAX_FIELD);

  while (at < end) {
    if (g_ascii_isspace (*at)) {
      at++;
    } else if (*at == '(') {
      const char *comment = at;
      int depth = 0;

      do {
        if (*at == '\\' && at + 1 < end)
          at++;
        else
          depth += *at == '(' ? 1 : *at == ')' ? -1 : 0;
        at++;
      } while (at < end && depth > 0);
      take_policy (tokens, comment, (gsize)(at - comment));
    } else if (*at == '=' || *at == ';') {
      g_ptr_array_add (tokens, g_strndup (at++, 1));
    } else {
      g_ptr_array_add (tokens, dup_word (&at, end));
    }
  }
  g_ptr_array_add (tokens, g_strdup (""));
  return tokens;
}

static const char *
token (GPtrArray *tokens, guint index)
{
  return index < tokens->len ? tokens->pdata[index] : "";
}

static gboolean
is (GPtrArray *tokens, guint index, const char *text)
{
  return g_ascii_strcasecmp (token (tokens, index), text) == 0;
}

/* The server's name, "" where the results begin at once; `next` is behind it. */
static char *
read_server (GPtrArray *tokens, guint *next)
{
  *next = 0;
  if (is (tokens, 1, "=") || is (tokens, 0, ";") || is (tokens, 0, ""))
    return g_strdup ("");
  *next = 1;
  while (!is (tokens, *next, ";") && !is (tokens, *next, ""))
    (*next)++;
  return g_ascii_strdown (token (tokens, 0), -1);
}

static MimeResult
read_result (const char *word)
{
  if (g_ascii_strcasecmp (word, "pass") == 0 || g_ascii_strcasecmp (word, "bestguesspass") == 0)
    return MIME_RESULT_PASS;
  if (g_ascii_strcasecmp (word, "fail") == 0 || g_ascii_strcasecmp (word, "hardfail") == 0)
    return MIME_RESULT_FAIL;
  if (g_ascii_strcasecmp (word, "none") == 0)
    return MIME_RESULT_NONE;
  return MIME_RESULT_OTHER;
}

/* Which property names the domain that was looked at, the more telling one first. */
static const struct
{
  const char *method, *properties[3];
} telling[] = {
  { "spf", { "smtp.mailfrom", "smtp.mail", "smtp.from" } },
  { "dkim", { "header.d", "header.i", NULL } },
  { "dmarc", { "header.from", NULL, NULL } },
};

static int
rank_property (const char *method, const char *property)
{
  for (gsize i = 0; i < G_N_ELEMENTS (telling); i++) {
    for (int j = 0; j < 3 && strcmp (telling[i].method, method) == 0; j++) {
      if (telling[i].properties[j] != NULL
          && g_ascii_strcasecmp (telling[i].properties[j], property) == 0)
        return j + 1;
    }
  }
  return 0;
}

/* "a@b", "@b", "<a@b>" and "b" give "b". */
static char *
dup_domain (const char *value)
{
  const char *at = strrchr (value, '@');
  g_autofree char *domain = g_ascii_strdown (at != NULL ? at + 1 : value, -1);

  g_strdelimit (domain, "<>", ' ');
  g_strstrip (domain);
  return domain[0] != '\0' ? g_steal_pointer (&domain) : NULL;
}

static MimePolicy
read_policy (const char *word)
{
  g_autofree char *lower = g_ascii_strdown (word, -1);

  /* "o.reject", "oreject", "pct.quarantine": it was not done to this one, but asked for. */
  if (strstr (lower, "reject") != NULL || strstr (lower, "quarantine") != NULL)
    return MIME_POLICY_STRICT;
  return strcmp (lower, "none") == 0 ? MIME_POLICY_NONE : MIME_POLICY_UNKNOWN;
}

/* `sub` is what the owner asks for mail of the domains below his. */
static MimePolicy
choose_policy (const char *domain, MimePolicy own, MimePolicy sub)
{
  g_autofree char *owner = domain != NULL ? mime_domain_get_owner (domain) : NULL;

  return owner == NULL || strcmp (owner, domain) == 0 ? own : MAX (own, sub);
}

/* One result, from behind a ";"; the index of the next ";" or the end. */
static guint
read_check (GPtrArray *tokens, guint at, MimeCheck **found)
{
  g_autofree char *method = NULL;
  static const char *const telling_policy[] = { "policy.p", "policy.policy", "policy.dmarc",
                                                "policy.published-domain-policy", "action" };
  MimePolicy own = MIME_POLICY_UNKNOWN, sub = MIME_POLICY_UNKNOWN;
  MimeCheck *check;
  int best = 0;

  *found = NULL;
  if (!is (tokens, at + 1, "=")) {
    while (!is (tokens, at, ";") && !is (tokens, at, ""))
      at++;
    return at;
  }
  method = g_ascii_strdown (token (tokens, at), -1);
  if (strchr (method, '/') != NULL)
    *strchr (method, '/') = '\0';
  check = g_new0 (MimeCheck, 1);
  check->method = g_steal_pointer (&method);
  check->word = g_ascii_strdown (token (tokens, at + 2), -1);
  check->result = read_result (check->word);
  for (at += 3; !is (tokens, at, ";") && !is (tokens, at, ""); at++) {
    int rank;

    if (!is (tokens, at + 1, "="))
      continue;
    rank = rank_property (check->method, token (tokens, at));
    if (rank > 0 && (best == 0 || rank < best)) {
      g_free (check->domain);
      check->domain = dup_domain (token (tokens, at + 2));
      best = rank;
    }
    if (is (tokens, at, "policy.sp"))
      sub = MAX (sub, read_policy (token (tokens, at + 2)));
    for (gsize i = 0; i < G_N_ELEMENTS (telling_policy); i++) {
      if (is (tokens, at, telling_policy[i]))
        own = MAX (own, read_policy (token (tokens, at + 2)));
    }
    at++;
  }
  check->policy = choose_policy (check->domain, own, sub);
  *found = check;
  return at;
}

static void
read_checks (MimeAuthentication *self, GPtrArray *tokens, guint at)
{
  while (!is (tokens, at, "") && self->checks->len < MAX_RESULTS) {
    MimeCheck *check;

    at += is (tokens, at, ";");
    at = read_check (tokens, at, &check);
    if (check != NULL)
      g_ptr_array_add (self->checks, check);
  }
}

/* ---- which field ---- */

gboolean
mime_authentication_is_server (const char *server, const char *pattern)
{
  gsize length = strlen (server), wanted = strlen (pattern);

  if (pattern[0] != '.')
    return g_ascii_strcasecmp (server, pattern) == 0;
  return g_ascii_strcasecmp (server, pattern + 1) == 0
         || (length > wanted && g_ascii_strcasecmp (server + length - wanted, pattern) == 0);
}

static gboolean
is_trusted (const char *server, const char *const *trusted)
{
  for (guint i = 0; trusted != NULL && trusted[i] != NULL; i++) {
    if (mime_authentication_is_server (server, trusted[i]))
      return TRUE;
  }
  return FALSE;
}

char *
mime_authentication_dup_first_server (MimeMessage *message)
{
  const char *raw = mime_message_get_raw (message, "Authentication-Results", 0);
  g_autoptr (GPtrArray) tokens = raw != NULL ? split (raw) : NULL;
  guint next;

  return tokens != NULL ? read_server (tokens, &next) : NULL;
}

/* NULL: there is not one sender. */
static char *
dup_from_domain (MimeMessage *message)
{
  g_autoptr (GPtrArray) from = NULL;

  if (mime_message_get_raw (message, "From", 1) != NULL)
    return NULL;
  from = mime_message_get_addresses (message, "From");
  return from->len == 1 ? dup_domain (((const MimeAddress *)from->pdata[0])->address) : NULL;
}

/* ---- learning which ---- */

#define LEARN_SENDERS 5  /* at least; domains of different owners */
#define LEARN_PERCENT 90 /* of the senders */

typedef struct
{
  guint senders;
  char *server; /* NULL: they differ, below the same owner */
} Votes;

static void
votes_free (gpointer data)
{
  Votes *votes = data;

  g_free (votes->server);
  g_free (votes);
}

/* A host of many of one owner counts for all of them; what is no host stands for itself. */
static void
vote (GHashTable *by_owner, const char *server)
{
  char *owner = mime_domain_get_owner (server);
  Votes *votes = g_hash_table_lookup (by_owner, owner);

  if (votes == NULL) {
    votes = g_new0 (Votes, 1);
    votes->server = g_strdup (server);
    g_hash_table_insert (by_owner, g_strdup (owner), votes);
  } else if (votes->server != NULL && strcmp (votes->server, server) != 0) {
    g_clear_pointer (&votes->server, g_free);
  }
  votes->senders++;
  g_free (owner);
}

/* What a field of this name has, raw with its folds, NULL where the line at `at` does not begin one. */
static char *
dup_field (const char *at, const char *end, const char *name)
{
  gsize length = strlen (name);
  const char *stop = at;

  if ((gsize)(end - at) <= length || g_ascii_strncasecmp (at, name, length) != 0
      || at[length] != ':')
    return NULL;
  do {
    const char *line = memchr (stop, '\n', (gsize)(end - stop));

    stop = line != NULL ? line + 1 : end;
  } while (stop < end && (*stop == ' ' || *stop == '\t'));
  return g_strndup (at + length + 1, (gsize)(stop - at) - length - 1);
}

/* The server that wrote a Received field, "" where it does not tell.  Only the name behind "from" is somebody else's. */
static char *
dup_receiver (const char *raw)
{
  g_autoptr (GPtrArray) tokens = split (raw);

  for (guint at = is (tokens, 0, "from") ? 2 : 0; !is (tokens, at, ""); at++) {
    if (is (tokens, at, "by"))
      return g_strdup (token (tokens, at + 1));
  }
  return g_strdup ("");
}

/* Who received the message put his Received on top of all that came.  A word above it is his; one below it may be the sender's, however many Received he
 * wrote himself, and counts only when it names a server of the owner who received. */
static gboolean
is_of_receiver (GBytes *header, const char *server)
{
  gsize size;
  const char *at = g_bytes_get_data (header, &size), *end = at + size;

  while (at < end && *at != '\n' && *at != '\r') {
    g_autofree char *received = dup_field (at, end, "Received");
    g_autofree char *results = dup_field (at, end, "Authentication-Results");
    const char *line;

    if (results != NULL)
      return TRUE;
    if (received != NULL) {
      g_autofree char *receiver = dup_receiver (received);

      return strchr (receiver, '.') != NULL && mime_domain_is_same_owner (receiver, server);
    }
    line = memchr (at, '\n', (gsize)(end - at));
    at = line != NULL ? line + 1 : end;
  }
  return FALSE;
}

char *
mime_authentication_learn (GPtrArray *headers)
{
  g_autoptr (GHashTable) senders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) by_owner =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, votes_free);
  GHashTableIter iter;
  gpointer owner, value;

  for (guint i = 0; i < headers->len; i++) {
    g_autoptr (MimeMessage) message = mime_message_new (headers->pdata[i]);
    g_autofree char *from = dup_from_domain (message), *server = NULL;

    /* What was put here from elsewhere was not received. */
    if (from == NULL || mime_message_get_raw (message, "Received", 0) == NULL)
      continue;
    if (!g_hash_table_add (senders, mime_domain_get_owner (from)))
      continue;
    server = mime_authentication_dup_first_server (message);
    if (server != NULL && is_of_receiver (headers->pdata[i], server))
      vote (by_owner, server);
  }
  if (g_hash_table_size (senders) < LEARN_SENDERS)
    return NULL;
  g_hash_table_iter_init (&iter, by_owner);
  while (g_hash_table_iter_next (&iter, &owner, &value)) {
    const Votes *votes = value;

    if (votes->senders * 100 >= g_hash_table_size (senders) * LEARN_PERCENT)
      return votes->server != NULL ? g_strdup (votes->server) : g_strconcat (".", owner, NULL);
  }
  return NULL;
}

/* ---- what follows for From ---- */

static void
judge (MimeAuthentication *self, const char *from)
{
  gboolean passed = FALSE, denied = FALSE, doubted = FALSE, failed = FALSE;

  for (guint i = 0; i < self->checks->len; i++) {
    MimeCheck *check = self->checks->pdata[i];
    gboolean dmarc = strcmp (check->method, "dmarc") == 0;

    if (from == NULL)
      continue;
    /* DMARC is about From: a server that does not repeat it means it. */
    if (dmarc)
      check->aligned = check->domain == NULL || g_ascii_strcasecmp (check->domain, from) == 0
                       || mime_domain_is_same_owner (check->domain, from);
    else if (strcmp (check->method, "spf") == 0 || strcmp (check->method, "dkim") == 0)
      check->aligned = check->domain != NULL && mime_domain_is_same_owner (check->domain, from);
    passed |= check->aligned && check->result == MIME_RESULT_PASS;
    if (!dmarc || check->result != MIME_RESULT_FAIL)
      continue;
    denied = TRUE;
    failed |= check->policy == MIME_POLICY_STRICT;
    doubted |= check->policy == MIME_POLICY_UNKNOWN;
  }
  self->verdict = failed              ? MIME_VERDICT_FAIL
                  : doubted           ? MIME_VERDICT_DOUBT
                  : passed && !denied ? MIME_VERDICT_PASS
                                      : MIME_VERDICT_UNKNOWN;
}

MimeAuthentication *
mime_authentication_read (MimeMessage *message, const char *const *trusted)
{
  MimeAuthentication *self = g_new0 (MimeAuthentication, 1);
  const char *raw;

  self->checks = g_ptr_array_new_with_free_func (check_free);
  for (guint i = 0; self->server == NULL && i < MAX_FIELDS
                    && (raw = mime_message_get_raw (message, "Authentication-Results", i)) != NULL;
       i++) {
    g_autoptr (GPtrArray) tokens = split (raw);
    guint next;
    g_autofree char *server = read_server (tokens, &next);

    if (!is_trusted (server, trusted))
      continue;
    self->server = g_steal_pointer (&server);
    read_checks (self, tokens, next);
  }
  if (self->server != NULL) {
    g_autofree char *from = dup_from_domain (message);

    judge (self, from);
  }
  return self;
}

/* ---- what a signature covers ---- */

/* The value of a tag of DKIM-Signature (RFC 6376, 3.5), without white space. */
static char *
dup_tag (const char *raw, const char *name)
{
  g_autofree char *sane = g_strndup (raw, MAX_FIELD);
  g_auto (GStrv) tags = g_strsplit (sane, ";", 64);

  for (guint i = 0; tags[i] != NULL; i++) {
    char *equals = strchr (tags[i], '='), *to;

    if (equals == NULL)
      continue;
    *equals = '\0';
    if (strcmp (g_strstrip (tags[i]), name) != 0)
      continue;
    to = equals + 1;
    for (const char *from = equals + 1; *from != '\0'; from++) {
      if (!g_ascii_isspace (*from))
        *to++ = g_ascii_tolower (*from);
    }
    *to = '\0';
    return g_strdup (equals + 1);
  }
  return NULL;
}

static gboolean
signs_all (const char *raw, const char *const *fields)
{
  g_autofree char *signed_fields = dup_tag (raw, "h");
  g_auto (GStrv) names =
      signed_fields != NULL ? g_strsplit (signed_fields, ":", 1000) : g_new0 (char *, 1);

  for (guint i = 0; fields[i] != NULL; i++) {
    g_autofree char *lower = g_ascii_strdown (fields[i], -1);

    if (!g_strv_contains ((const char *const *)names, lower))
      return FALSE;
  }
  return TRUE;
}

MimeCover
mime_authentication_covers (const MimeAuthentication *self, MimeMessage *message,
                            const char *const *fields)
{
  gboolean checked = FALSE;
  const char *raw;

  for (guint i = 0; i < self->checks->len; i++) {
    const MimeCheck *check = self->checks->pdata[i];

    if (strcmp (check->method, "dkim") != 0)
      continue;
    checked = TRUE;
    for (guint j = 0; check->result == MIME_RESULT_PASS && check->domain != NULL && j < 16
                      && (raw = mime_message_get_raw (message, "DKIM-Signature", j)) != NULL;
         j++) {
      g_autofree char *domain = dup_tag (raw, "d");

      if (domain != NULL && mime_domain_is_same_owner (domain, check->domain)
          && signs_all (raw, fields))
        return MIME_COVER_YES;
    }
  }
  return checked ? MIME_COVER_NO : MIME_COVER_UNKNOWN;
}

/* ---- who passed it on ---- */

#define MAX_SEALS 50

static gboolean
is_owned (const char *domain, const char *const *owners)
{
  for (guint i = 0; domain != NULL && owners[i] != NULL; i++) {
    if (mime_domain_is_same_owner (domain, owners[i]))
      return TRUE;
  }
  return FALSE;
}

/* What the first server that sealed it had found. */
static MimeVerdict
read_first_seal (MimeMessage *message)
{
  g_autofree char *from = dup_from_domain (message);
  const char *raw;

  for (guint i = 0;
       i < MAX_SEALS
       && (raw = mime_message_get_raw (message, "ARC-Authentication-Results", i)) != NULL;
       i++) {
    g_autoptr (GPtrArray) tokens = split (raw);
    g_autoptr (MimeAuthentication) found = NULL;
    guint at = 4;

    if (!is (tokens, 0, "i") || !is (tokens, 1, "=") || !is (tokens, 2, "1")
        || !is (tokens, 3, ";"))
      continue;
    found = g_new0 (MimeAuthentication, 1);
    found->checks = g_ptr_array_new_with_free_func (check_free);
    while (!is (tokens, at, ";") && !is (tokens, at, ""))
      at++;
    read_checks (found, tokens, at);
    judge (found, from);
    return found->verdict;
  }
  return MIME_VERDICT_UNKNOWN;
}

gboolean
mime_authentication_is_vouched (const MimeAuthentication *self, MimeMessage *message,
                                const char *const *owners)
{
  gboolean holds = FALSE;
  const char *raw;
  guint n = 0;

  for (guint i = 0; i < self->checks->len; i++) {
    const MimeCheck *check = self->checks->pdata[i];

    holds |= strcmp (check->method, "arc") == 0 && check->result == MIME_RESULT_PASS;
  }
  for (; holds && n < MAX_SEALS && (raw = mime_message_get_raw (message, "ARC-Seal", n)) != NULL;
       n++) {
    g_autofree char *domain = dup_tag (raw, "d");

    holds = is_owned (domain, owners);
  }
  return holds && n > 0 && n < MAX_SEALS && read_first_seal (message) == MIME_VERDICT_PASS;
}
