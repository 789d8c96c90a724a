/* Plays each case and judges it.  Prints TAP, and at the end "figure: starttls_cases N count" and "figure: starttls_failed N count".
 * ONLY=regex in the environment picks cases. */
#include "starttls.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "base-error.h"

#define FLOOR 170 /* that many are promised */

const char *const starttls_segments[] = { "same", "own", "late", "flights", "bytes" };

const NetLogin starttls_login = { .kind = BASE_SIGN_IN_PASSWORD,
                                  .user = STARTTLS_USER,
                                  .secret = STARTTLS_PASSWORD };

static GMutex log_lock;
static GString *logged; /* since the case began */

static GLogWriterOutput
keep_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&log_lock);
  g_autofree char *text = g_log_writer_format_fields (level, fields, n_fields, FALSE);

  if ((level & (G_LOG_LEVEL_DEBUG | G_LOG_LEVEL_INFO)) == 0)
    g_string_append_printf (logged, "%s\n", text);
  if ((level & (G_LOG_LEVEL_WARNING | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_ERROR)) != 0)
    g_printerr ("%s\n", text);
  return G_LOG_WRITER_HANDLED;
}

/* ---- scripts ---- */

void
starttls_talk_clear (StarttlsTalk *talk)
{
  g_free (talk->greeting);
  g_free (talk->offer);
  g_free (talk->answer);
  g_free (talk->between);
  g_free (talk->late);
}

static void
take_text (char **text, char *new_text)
{
  g_free (*text);
  *text = new_text;
}

/* Before the last line. */
static char *
put_inside (const char *text, const char *line)
{
  g_autofree char *head = g_strndup (text, strlen (text) - strlen ("\\r\\n"));
  const char *last = g_strrstr (head, "\\r\\n");
  gsize length = last != NULL ? (gsize)(last - head) + strlen ("\\r\\n") : 0;

  head[length] = '\0';
  return g_strconcat (head, line, "\\r\\n", text + length, NULL);
}

void
starttls_talk_place (StarttlsTalk *talk, Place place, Segment segment, const char *line)
{
  char *whole = g_strconcat (line, "\\r\\n", NULL);

  switch (place) {
  case PLACE_GREETING:
    take_text (&talk->greeting, g_strconcat (talk->greeting, whole, NULL));
    break;
  case PLACE_OFFER:
    take_text (&talk->offer, put_inside (talk->offer, line));
    break;
  case PLACE_INSIDE:
    take_text (&talk->answer, put_inside (talk->answer, line));
    break;
  case PLACE_BEHIND:
    if (segment == SEGMENT_FLIGHTS)
      take_text (&talk->between, g_steal_pointer (&whole));
    else if (segment == SEGMENT_LATE)
      take_text (&talk->late, g_steal_pointer (&whole));
    else
      take_text (&talk->answer, g_strconcat (talk->answer, whole, NULL));
    break;
  }
  g_free (whole);
}

void
starttls_add_text (GString *script, const char *text, Segment segment)
{
  g_auto (GStrv) lines = g_strsplit (text, "\\r\\n", -1);

  if (segment != SEGMENT_OWN) {
    g_string_append_printf (script, "S- %s\n", text);
    return;
  }
  for (guint i = 0; lines[i] != NULL; i++) {
    if (lines[i + 1] != NULL)
      g_string_append_printf (script, "S- %s\\r\\n\n", lines[i]);
    else if (*lines[i] != '\0')
      g_string_append_printf (script, "S- %s\n", lines[i]);
  }
}

char *
starttls_script (const StarttlsTalk *talk, Segment segment, const char *ask, const char *start,
                 const char *inside)
{
  g_autoptr (GString) script = g_string_new (NULL);

  starttls_add_text (script, talk->greeting, segment);
  g_string_append_printf (script, "SERVE\nWHEN: tls\n%sWHEN:\nON: %s\n", inside, ask);
  starttls_add_text (script, talk->offer, segment);
  g_string_append_printf (script, "ON: %s\n", start);
  starttls_add_text (script, talk->answer, segment);
  if (talk->late != NULL)
    g_string_append_printf (script, "WAIT 15\nS- %s\n", talk->late);
  if (talk->between != NULL)
    g_string_append_printf (script, "BETWEEN: %s\n", talk->between);
  g_string_append (script, "TLS\nSET: tls\n");
  return g_string_free (g_steal_pointer (&script), FALSE);
}

void
starttls_add (GPtrArray *cases, char *name, char *(*run) (const StarttlsCase *test),
              gconstpointer attack, Segment segment, Place place, guint variant)
{
  StarttlsCase *test = g_new0 (StarttlsCase, 1);

  test->name = g_strdup_printf ("%s/%s", name, starttls_segments[segment]);
  test->run = run;
  test->attack = attack;
  test->segment = segment;
  test->place = place;
  test->variant = variant;
  g_ptr_array_add (cases, test);
  g_free (name);
}

static void
free_case (gpointer data)
{
  StarttlsCase *test = data;

  g_free (test->name);
  g_free (test);
}

/* ---- judging ---- */

/* As they are, and in base64 wherever they may begin in it. */
static GPtrArray *
dup_secrets (void)
{
  static const char *const words[] = { STARTTLS_USER, STARTTLS_PASSWORD, STARTTLS_MAIL };
  GPtrArray *secrets = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
    g_ptr_array_add (secrets, g_strdup (words[i]));
    for (gsize shift = 0; shift < 3; shift++) {
      g_autofree char *moved = g_strconcat (&"xx"[2 - shift], words[i], NULL);
      g_autofree char *encoded = g_base64_encode ((const guchar *)moved, strlen (moved));

      /* Neither end, which the neighbours have a share in. */
      encoded[strlen (encoded) - 4] = '\0';
      g_ptr_array_add (secrets, g_strdup (encoded + 4));
    }
  }
  return secrets;
}

/* Whether the line, up to `end`, is one of those that are said in clear. */
static gboolean
is_fit_for_all (const char *line)
{
  static GRegex *fit = NULL;

  if (fit == NULL)
    fit = g_regex_new (
        "^(A[0-9]+ (CAPABILITY|STARTTLS|LOGOUT)|EHLO \\[127\\.0\\.0\\.1\\]|STARTTLS|QUIT)$", 0, 0,
        NULL);
  return g_regex_match (fit, line, 0, NULL);
}

/* From the first octet to the first record of TLS; nothing may stand between that and STARTTLS, which would be said to the one
 * who is before the encryption and heard by the one behind it. */
static char *
judge_clear (const char *wire, gsize length)
{
  gboolean started = FALSE;

  while (length > 0) {
    const char *end = memchr (wire, '\n', length);
    g_autofree char *line = NULL;

    if (*wire == 0x16 || *wire == 0x15)
      return NULL;
    if (end == NULL || end == wire || end[-1] != '\r')
      return g_strdup_printf ("half a line in clear: “%.*s”", (int)MIN (length, 100), wire);
    line = g_strndup (wire, (gsize)(end - wire) - 1);
    if (!is_fit_for_all (line))
      return g_strdup_printf ("said in clear: “%s”", line);
    if (started)
      return g_strdup_printf ("said behind STARTTLS: “%s”", line);
    started = g_str_has_suffix (line, "STARTTLS");
    length -= (gsize)(end - wire) + 1;
    wire = end + 1;
  }
  return NULL;
}

char *
starttls_judge_wire (FakeServer *server)
{
  g_autoptr (GPtrArray) secrets = dup_secrets ();

  for (guint n = 0; n < fake_server_count_connections (server); n++) {
    g_autoptr (GBytes) bytes = fake_server_dup_wire (server, n);
    gsize length = 0;
    const char *wire = bytes != NULL ? g_bytes_get_data (bytes, &length) : "";
    char *failure = judge_clear (wire, length);

    if (failure != NULL)
      return failure;
    for (guint i = 0; i < secrets->len; i++) {
      const char *secret = g_ptr_array_index (secrets, i);

      if (memmem (wire, length, secret, strlen (secret)) != NULL)
        return g_strdup_printf ("on the wire: “%s”", secret);
    }
  }
  return NULL;
}

char *
starttls_judge_text (const char *where, const char *text)
{
  g_autofree char *lower = text != NULL ? g_ascii_strdown (text, -1) : NULL;

  if (lower == NULL)
    return NULL;
  if (strstr (lower, "evil") != NULL)
    return g_strdup_printf ("the attacker's words are in %s: “%s”", where, text);
  if (strstr (text, STARTTLS_PASSWORD) != NULL)
    return g_strdup_printf ("the password is in %s: “%s”", where, text);
  return NULL;
}

char *
starttls_judge_error (const GError *error, gboolean distrust)
{
  char *failure = starttls_judge_text ("the sentence", error->message);

  if (failure == NULL)
    failure = starttls_judge_text ("the words below it", base_error_get_detail (error));
  if (failure != NULL)
    return failure;
  if (error->domain != BASE_ERROR)
    return g_strdup_printf ("no error of ours: %s", error->message);
  if (error->code == BASE_ERROR_AUTH)
    return g_strdup_printf ("asks for a password: %s", error->message);
  if (distrust && error->code != BASE_ERROR_TRUST)
    return g_strdup_printf ("tries again by itself: %d %s", error->code, error->message);
  return NULL;
}

char *
starttls_judge (FakeServer *server, const GError *error, Outcome outcome)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&log_lock);
  char *failure = starttls_judge_wire (server);

  if (failure == NULL && outcome == MUST_OPEN && error != NULL)
    failure = g_strdup_printf ("refused: %s", error->message);
  if (failure == NULL && outcome != MUST_OPEN)
    failure = error == NULL ? g_strdup ("it was believed")
                            : starttls_judge_error (error, outcome == MUST_DISTRUST);
  if (failure == NULL)
    failure = starttls_judge_text ("the log", logged->str);
  return failure;
}

char *
starttls_judge_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  char *failure = NULL;

  while (dir != NULL && failure == NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_autofree char *text = NULL;
    gsize length = 0;

    if (g_file_test (path, G_FILE_TEST_IS_DIR)) {
      failure = starttls_judge_files (path);
      continue;
    }
    if (!g_file_get_contents (path, &text, &length, NULL))
      continue;
    for (gsize i = 0; i < length; i++)
      if (text[i] == '\0')
        text[i] = ' ';
    failure = starttls_judge_text (name, text);
    if (failure != NULL) {
      g_free (failure);
      failure = g_strdup_printf ("the attacker's words, or the password, are in %s", path);
    }
  }
  return failure;
}

/* ---- the program ---- */

int
main (int argc, char **argv)
{
  g_autoptr (GPtrArray) cases = g_ptr_array_new_with_free_func (free_case);
  const char *only = g_getenv ("ONLY");
  guint run = 0, failed = 0;

  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  logged = g_string_new (NULL);
  g_log_set_writer_func (keep_log, NULL, NULL);
  starttls_add_imap (cases);
  starttls_add_smtp (cases);
  starttls_add_tls (cases);
  starttls_add_engine (cases);
  for (guint i = 0; i < cases->len; i++) {
    const StarttlsCase *test = g_ptr_array_index (cases, i);
    g_autofree char *failure = NULL;

    if (only != NULL && !g_regex_match_simple (only, test->name, 0, 0))
      continue;
    g_string_truncate (logged, 0);
    failure = test->run (test);
    run++;
    failed += failure != NULL;
    printf ("%s %u %s\n", failure == NULL ? "ok" : "not ok", run, test->name);
    if (failure != NULL)
      printf ("# %s\n", failure);
    fflush (stdout);
  }
  if (only == NULL && run < FLOOR)
    printf ("not ok %u %u cases are too few\n", ++run, FLOOR);
  printf ("1..%u\n# figure: starttls_cases %u count\n# figure: starttls_failed %u count\n", run,
          run, failed);
  g_string_free (logged, TRUE);
  return failed > 0 || (only == NULL && run < FLOOR);
}
