/* Spelling by enchant.  The main thread holds answers that were given; everything of enchant lives in one worker thread, which
 * holds nothing of the main thread but the words it was asked. */
#include "ui-spell.h"

#include <enchant.h>
#include <string.h>

#define MAX_SUGGESTIONS 8
#define MAX_WORD        100 /* octets; longer ones are no words */
#define MAX_SAMPLE      80  /* words by which a language is guessed */
#define MIN_SAMPLE      4
#define MAX_CANDIDATES  12

struct _UiSpell
{
  GObject parent_instance;

  GStrv installed;      /* NULL: not known yet */
  GPtrArray *languages; /* of char: those in use */
  GHashTable *answers;  /* word -> UiWord */
  GHashTable *ignored;  /* words */
  char *wanted;         /* nullable: in place of the desktop's */
  char *sample;         /* nullable: text whose language is to be guessed once they are known */
};

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UiSpell, ui_spell, G_TYPE_OBJECT)

/* ---- words ---- */

/* Runs of what is no space are looked at as a whole: an address has words in it that are none. */
static gboolean
is_no_prose (const char *token, const char *end)
{
  for (const char *p = token; p < end; p = g_utf8_next_char (p))
    if (g_unichar_isdigit (g_utf8_get_char (p)) || strchr ("@/\\_<>=", *p) != NULL)
      return TRUE;
  return end - token > 4 && g_ascii_strncasecmp (token, "www.", 4) == 0;
}

static gboolean
is_letter (gunichar c)
{
  return g_unichar_isalpha (c) || g_unichar_ismark (c);
}

/* "don't", with both apostrophes; not at the ends. */
static const char *
skip_word (const char *p)
{
  for (;;) {
    gunichar c = g_utf8_get_char (p);

    if (is_letter (c)
        || ((c == '\'' || c == 0x2019) && is_letter (g_utf8_get_char (g_utf8_next_char (p)))))
      p = g_utf8_next_char (p);
    else
      return p;
  }
}

gboolean
ui_spell_next_word (const char **at, const char **begin)
{
  const char *p = *at;

  while (*p != '\0') {
    const char *end = p;

    while (*end != '\0' && !g_unichar_isspace (g_utf8_get_char (end)))
      end = g_utf8_next_char (end);
    if (is_no_prose (p, end))
      p = end;
    while (p < end) {
      if (is_letter (g_utf8_get_char (p))) {
        *begin = p;
        *at = skip_word (p);
        if (g_utf8_next_char (*begin) < *at && *at - *begin <= MAX_WORD)
          return TRUE;
        p = *at;
      } else {
        p = g_utf8_next_char (p);
      }
    }
    while (*p != '\0' && g_unichar_isspace (g_utf8_get_char (p)))
      p = g_utf8_next_char (p);
  }
  *at = p;
  return FALSE;
}

/* In which letters a language is written; those that are not named here use Latin ones. */
static GUnicodeScript
script_of_language (const char *language)
{
  static const struct
  {
    const char *languages;
    GUnicodeScript script;
  } scripts[] = {
    { "ko", G_UNICODE_SCRIPT_HANGUL },
    { "ru uk be bg mk sr mn kk ky tg", G_UNICODE_SCRIPT_CYRILLIC },
    { "el", G_UNICODE_SCRIPT_GREEK },
    { "he yi", G_UNICODE_SCRIPT_HEBREW },
    { "ar fa ur", G_UNICODE_SCRIPT_ARABIC },
    { "hi mr ne sa", G_UNICODE_SCRIPT_DEVANAGARI },
    { "bn as", G_UNICODE_SCRIPT_BENGALI },
    { "ta", G_UNICODE_SCRIPT_TAMIL },
    { "te", G_UNICODE_SCRIPT_TELUGU },
    { "gu", G_UNICODE_SCRIPT_GUJARATI },
    { "pa", G_UNICODE_SCRIPT_GURMUKHI },
    { "kn", G_UNICODE_SCRIPT_KANNADA },
    { "ml", G_UNICODE_SCRIPT_MALAYALAM },
    { "si", G_UNICODE_SCRIPT_SINHALA },
    { "th", G_UNICODE_SCRIPT_THAI },
    { "hy", G_UNICODE_SCRIPT_ARMENIAN },
    { "ka", G_UNICODE_SCRIPT_GEORGIAN },
  };
  g_autofree char *code = g_strndup (language, strcspn (language, "_-"));

  for (guint i = 0; i < G_N_ELEMENTS (scripts); i++) {
    g_auto (GStrv) codes = g_strsplit (scripts[i].languages, " ", -1);

    if (g_strv_contains ((const char *const *)codes, code))
      return scripts[i].script;
  }
  return G_UNICODE_SCRIPT_LATIN;
}

/* ---- the worker ---- */

typedef enum
{
  JOB_LIST,
  JOB_CHECK,
  JOB_SUGGEST,
  JOB_ADD,
  JOB_GUESS, /* of `languages`, those that `words` are in */
} JobKind;

typedef struct
{
  JobKind kind;
  GStrv languages, words;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_strfreev (job->languages);
  g_strfreev (job->words);
  g_free (job);
}

/* Of the worker thread, which lives as long as the program. */
static EnchantBroker *broker;
static GHashTable *dictionaries; /* language -> EnchantDict, NULL where there is none */

static EnchantDict *
get_dictionary (const char *language)
{
  EnchantDict *dictionary;

  if (!g_hash_table_lookup_extended (dictionaries, language, NULL, (gpointer *)&dictionary)) {
    dictionary = enchant_broker_request_dict (broker, language);
    g_hash_table_insert (dictionaries, g_strdup (language), dictionary);
  }
  return dictionary;
}

static void
add_language (const char *const language, const char *const provider, const char *const description,
              const char *const file, void *data)
{
  GPtrArray *found = data;

  if (!g_ptr_array_find_with_equal_func (found, language, g_str_equal, NULL))
    g_ptr_array_add (found, g_strdup (language));
}

static int
compare_names (gconstpointer one, gconstpointer other)
{
  return strcmp (*(const char *const *)one, *(const char *const *)other);
}

static GStrv
list_languages (void)
{
  GPtrArray *found = g_ptr_array_new ();

  enchant_broker_list_dicts (broker, add_language, found);
  g_ptr_array_sort (found, compare_names);
  g_ptr_array_add (found, NULL);
  return (GStrv)g_ptr_array_free (found, FALSE);
}

static gboolean
is_bad (const Job *job, const char *word)
{
  GUnicodeScript script = g_unichar_get_script (g_utf8_get_char (word));
  gboolean asked = FALSE;

  for (guint i = 0; job->languages[i] != NULL; i++) {
    EnchantDict *dictionary = script_of_language (job->languages[i]) == script
                                  ? get_dictionary (job->languages[i])
                                  : NULL;

    if (dictionary == NULL)
      continue;
    asked = TRUE;
    if (enchant_dict_check (dictionary, word, -1) == 0)
      return FALSE;
  }
  return asked;
}

/* Those that are wrong. */
static GStrv
check (const Job *job)
{
  g_autoptr (GStrvBuilder) bad = g_strv_builder_new ();

  for (guint i = 0; job->words[i] != NULL; i++) {
    g_autofree char *plain = NULL;
    g_auto (GStrv) parts = g_strsplit (job->words[i], "’", -1);

    plain = g_strjoinv ("'", parts);
    if (is_bad (job, plain))
      g_strv_builder_add (bad, job->words[i]);
  }
  return g_strv_builder_end (bad);
}

static GStrv
suggest (const Job *job)
{
  g_autoptr (GStrvBuilder) found = g_strv_builder_new ();
  guint n = 0;

  for (guint i = 0; job->languages[i] != NULL; i++) {
    EnchantDict *dictionary = get_dictionary (job->languages[i]);
    size_t count = 0;
    char **words =
        dictionary != NULL ? enchant_dict_suggest (dictionary, job->words[0], -1, &count) : NULL;

    for (size_t j = 0; j < count && n < MAX_SUGGESTIONS; j++, n++)
      g_strv_builder_add (found, words[j]);
    if (words != NULL)
      enchant_dict_free_string_list (dictionary, words);
  }
  return g_strv_builder_end (found);
}

static void
add (const Job *job)
{
  GUnicodeScript script = g_unichar_get_script (g_utf8_get_char (job->words[0]));

  for (guint i = 0; job->languages[i] != NULL; i++) {
    EnchantDict *dictionary = script_of_language (job->languages[i]) == script
                                  ? get_dictionary (job->languages[i])
                                  : NULL;

    if (dictionary != NULL) {
      enchant_dict_add (dictionary, job->words[0], -1);
      return;
    }
  }
}

typedef struct
{
  GUnicodeScript script;
  guint n, known; /* words of that script, and those that the best language knows */
  const char *language;
} Guess;

static Guess *
find_guess (GArray *guesses, GUnicodeScript script)
{
  Guess new = { script, 0, 0, NULL };

  for (guint i = 0; i < guesses->len; i++)
    if (g_array_index (guesses, Guess, i).script == script)
      return &g_array_index (guesses, Guess, i);
  g_array_append_val (guesses, new);
  return &g_array_index (guesses, Guess, guesses->len - 1);
}

static guint
count_known (const Job *job, const char *language, GUnicodeScript script)
{
  gboolean had = g_hash_table_contains (dictionaries, language);
  EnchantDict *dictionary = get_dictionary (language);
  guint known = 0;

  for (guint i = 0; dictionary != NULL && job->words[i] != NULL; i++)
    if (g_unichar_get_script (g_utf8_get_char (job->words[i])) == script
        && enchant_dict_check (dictionary, job->words[i], -1) == 0)
      known++;
  /* Dictionaries are large; this one may never be asked again. */
  if (!had) {
    g_hash_table_remove (dictionaries, language);
    if (dictionary != NULL)
      enchant_broker_free_dict (broker, dictionary);
  }
  return known;
}

static GStrv
guess (const Job *job)
{
  g_autoptr (GStrvBuilder) found = g_strv_builder_new ();
  g_autoptr (GArray) guesses = g_array_new (FALSE, TRUE, sizeof (Guess));

  for (guint i = 0; job->words[i] != NULL; i++)
    find_guess (guesses, g_unichar_get_script (g_utf8_get_char (job->words[i])))->n++;
  for (guint i = 0; job->languages[i] != NULL; i++) {
    Guess *of = find_guess (guesses, script_of_language (job->languages[i]));
    guint known = of->n >= MIN_SAMPLE ? count_known (job, job->languages[i], of->script) : 0;

    if (known > of->known) {
      of->known = known;
      of->language = job->languages[i];
    }
  }
  for (guint i = 0; i < guesses->len; i++) {
    const Guess *of = &g_array_index (guesses, Guess, i);

    if (of->language != NULL && of->known * 2 >= of->n)
      g_strv_builder_add (found, of->language);
  }
  return g_strv_builder_end (found);
}

static void
work (gpointer data, gpointer nothing)
{
  g_autoptr (GTask) task = data;
  const Job *job = g_task_get_task_data (task);
  GStrv result = NULL;

  if (broker == NULL) {
    broker = enchant_broker_init ();
    dictionaries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  }
  switch (job->kind) {
  case JOB_LIST:
    result = list_languages ();
    break;
  case JOB_CHECK:
    result = check (job);
    break;
  case JOB_SUGGEST:
    result = suggest (job);
    break;
  case JOB_ADD:
    add (job);
    break;
  case JOB_GUESS:
    result = guess (job);
    break;
  }
  g_task_return_pointer (task, result, (GDestroyNotify)g_strfreev);
}

/* Takes `task`. */
static void
push (GTask *task, JobKind kind, GPtrArray *languages, const char *const *words)
{
  static GThreadPool *pool;
  Job *job = g_new0 (Job, 1);

  if (pool == NULL)
    pool = g_thread_pool_new (work, NULL, 1, TRUE, NULL);
  job->kind = kind;
  job->words = g_strdupv ((char **)words);
  job->languages = g_new0 (char *, languages->len + 1);
  for (guint i = 0; i < languages->len; i++)
    job->languages[i] = g_strdup (languages->pdata[i]);
  g_task_set_task_data (task, job, job_free);
  g_thread_pool_push (pool, task, NULL);
}

/* ---- languages ---- */

static void
changed (UiSpell *self)
{
  g_hash_table_remove_all (self->answers);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* Those of the desktop: "en_GB" itself, or any English where that is not there. */
static void
use_usual_languages (UiSpell *self)
{
  const char *const *names = g_get_language_names ();

  for (guint i = 0; names[i] != NULL; i++) {
    const char *found = NULL;
    gsize length = strcspn (names[i], "_.@");

    if (strchr (names[i], '.') != NULL || strchr (names[i], '@') != NULL
        || g_str_equal (names[i], "C"))
      continue;
    for (guint j = 0; self->installed[j] != NULL && found == NULL; j++)
      if (g_str_equal (self->installed[j], names[i]))
        found = self->installed[j];
    for (guint j = 0; self->installed[j] != NULL && found == NULL && names[i][length] == '\0'; j++)
      if (strncmp (self->installed[j], names[i], length) == 0
          && strchr ("_-", self->installed[j][length]) != NULL && self->languages->len == 0)
        found = self->installed[j];
    if (found != NULL && !ui_spell_uses (self, found))
      g_ptr_array_add (self->languages, g_strdup (found));
  }
  /* Without a language of its own the program speaks English. */
  if (g_str_equal (names[0], "C") || g_str_has_prefix (names[0], "C."))
    for (guint i = 0; self->installed[i] != NULL && self->languages->len == 0; i++)
      if (g_str_has_prefix (self->installed[i], "en_US"))
        g_ptr_array_add (self->languages, g_strdup (self->installed[i]));
}

static void
use_wanted_languages (UiSpell *self)
{
  g_auto (GStrv) wanted = g_strsplit (self->wanted, " ", -1);

  g_ptr_array_set_size (self->languages, 0);
  for (guint i = 0; wanted[i] != NULL; i++)
    if (g_strv_contains ((const char *const *)self->installed, wanted[i])
        && !ui_spell_uses (self, wanted[i]))
      g_ptr_array_add (self->languages, g_strdup (wanted[i]));
}

static void
on_guessed (GObject *source, GAsyncResult *result, gpointer data)
{
  UiSpell *self = UI_SPELL (source);
  g_auto (GStrv) found = g_task_propagate_pointer (G_TASK (result), NULL);

  for (guint i = 0; found != NULL && found[i] != NULL; i++)
    ui_spell_use (self, found[i], TRUE);
}

/* Those in use come first, then one of each language. */
static GPtrArray *
list_candidates (UiSpell *self)
{
  GPtrArray *candidates = g_ptr_array_new ();

  for (guint i = 0; i < self->languages->len; i++)
    g_ptr_array_add (candidates, self->languages->pdata[i]);
  for (guint i = 0; self->installed[i] != NULL && candidates->len < MAX_CANDIDATES; i++) {
    gsize length = strcspn (self->installed[i], "_-");
    gboolean known = FALSE;

    for (guint j = 0; j < candidates->len && !known; j++)
      known = strncmp (candidates->pdata[j], self->installed[i], length) == 0
              && strcspn (candidates->pdata[j], "_-") == length;
    if (!known)
      g_ptr_array_add (candidates, self->installed[i]);
  }
  return candidates;
}

static void
guess_now (UiSpell *self)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) candidates = list_candidates (self);
  const char *at = self->sample, *begin;

  while (words->len < MAX_SAMPLE && ui_spell_next_word (&at, &begin))
    g_ptr_array_add (words, g_strndup (begin, (gsize)(at - begin)));
  g_clear_pointer (&self->sample, g_free);
  if (words->len < MIN_SAMPLE)
    return;
  g_ptr_array_add (words, NULL);
  push (g_task_new (self, NULL, on_guessed, NULL), JOB_GUESS, candidates,
        (const char *const *)words->pdata);
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer data)
{
  UiSpell *self = UI_SPELL (source);

  self->installed = g_task_propagate_pointer (G_TASK (result), NULL);
  if (self->wanted != NULL)
    use_wanted_languages (self);
  else
    use_usual_languages (self);
  changed (self);
  if (self->sample != NULL)
    guess_now (self);
}

void
ui_spell_set_languages (UiSpell *self, const char *languages)
{
  g_free (self->wanted);
  self->wanted = g_strdup (languages);
  if (self->installed == NULL)
    return;
  use_wanted_languages (self);
  changed (self);
}

char *
ui_spell_dup_languages (UiSpell *self)
{
  GString *languages = g_string_new (NULL);

  for (guint i = 0; i < self->languages->len; i++)
    g_string_append_printf (languages, "%s%s", i > 0 ? " " : "", (char *)self->languages->pdata[i]);
  return g_string_free (languages, FALSE);
}

void
ui_spell_guess (UiSpell *self, const char *text)
{
  g_free (self->sample);
  self->sample = g_strdup (text);
  if (self->installed != NULL)
    guess_now (self);
}

const char *
ui_spell_get_missing (UiSpell *self)
{
  const char *const *names = g_get_language_names ();
  guint last = g_strv_length ((char **)names);

  /* "ko_KR.UTF-8", "ko_KR", …, "ko", "C": the shortest is the language. */
  if (self->installed == NULL || last < 2 || strlen (names[last - 2]) > 3
      || !g_ascii_islower (names[last - 2][0]))
    return NULL;
  for (guint i = 0; self->installed[i] != NULL; i++)
    if (g_str_has_prefix (self->installed[i], names[last - 2])
        && strcspn (self->installed[i], "_-") == strlen (names[last - 2]))
      return NULL;
  return names[last - 2];
}

const char *const *
ui_spell_get_installed (UiSpell *self)
{
  static const char *const none[] = { NULL };

  return self->installed != NULL ? (const char *const *)self->installed : none;
}

gboolean
ui_spell_is_ready (UiSpell *self)
{
  return self->installed != NULL;
}

gboolean
ui_spell_uses (UiSpell *self, const char *language)
{
  return g_ptr_array_find_with_equal_func (self->languages, language, g_str_equal, NULL);
}

void
ui_spell_use (UiSpell *self, const char *language, gboolean use)
{
  guint at;

  if (g_ptr_array_find_with_equal_func (self->languages, language, g_str_equal, &at) == use)
    return;
  if (use)
    g_ptr_array_add (self->languages, g_strdup (language));
  else
    g_ptr_array_remove_index (self->languages, at);
  changed (self);
}

/* ---- asking ---- */

UiWord
ui_spell_look (UiSpell *self, const char *word)
{
  if (g_hash_table_contains (self->ignored, word))
    return UI_WORD_GOOD;
  return (UiWord)GPOINTER_TO_UINT (g_hash_table_lookup (self->answers, word));
}

/* `self->answers` is another one's by now when the languages changed on the way. */
static void
on_checked (GObject *source, GAsyncResult *result, gpointer data)
{
  UiSpell *self = UI_SPELL (source);
  g_autoptr (GTask) outer = data;
  const Job *job = g_task_get_task_data (G_TASK (result));
  g_auto (GStrv) bad = g_task_propagate_pointer (G_TASK (result), NULL);
  gboolean same = g_strv_length (job->languages) == self->languages->len;

  for (guint i = 0; same && i < self->languages->len; i++)
    same = g_str_equal (job->languages[i], self->languages->pdata[i]);
  for (guint i = 0; same && job->words[i] != NULL; i++)
    g_hash_table_insert (self->answers, g_strdup (job->words[i]), GUINT_TO_POINTER (UI_WORD_GOOD));
  for (guint i = 0; same && bad[i] != NULL; i++)
    g_hash_table_insert (self->answers, g_strdup (bad[i]), GUINT_TO_POINTER (UI_WORD_BAD));
  g_task_return_boolean (outer, TRUE);
}

void
ui_spell_ask_async (UiSpell *self, const char *const *words, GAsyncReadyCallback callback,
                    gpointer user_data)
{
  GTask *outer = g_task_new (self, NULL, callback, user_data);

  push (g_task_new (self, NULL, on_checked, outer), JOB_CHECK, self->languages, words);
}

void
ui_spell_ask_finish (UiSpell *self, GAsyncResult *result)
{
  g_task_propagate_boolean (G_TASK (result), NULL);
}

void
ui_spell_suggest_async (UiSpell *self, const char *word, GAsyncReadyCallback callback,
                        gpointer user_data)
{
  push (g_task_new (self, NULL, callback, user_data), JOB_SUGGEST, self->languages,
        (const char *[]){ word, NULL });
}

char **
ui_spell_suggest_finish (UiSpell *self, GAsyncResult *result)
{
  return g_task_propagate_pointer (G_TASK (result), NULL);
}

void
ui_spell_ignore (UiSpell *self, const char *word)
{
  g_hash_table_add (self->ignored, g_strdup (word));
  g_signal_emit (self, signals[CHANGED], 0);
}

void
ui_spell_add (UiSpell *self, const char *word)
{
  push (g_task_new (self, NULL, NULL, NULL), JOB_ADD, self->languages,
        (const char *[]){ word, NULL });
  ui_spell_ignore (self, word);
}

/* ---- the object ---- */

static void
ui_spell_finalize (GObject *object)
{
  UiSpell *self = UI_SPELL (object);

  g_strfreev (self->installed);
  g_free (self->wanted);
  g_free (self->sample);
  g_ptr_array_unref (self->languages);
  g_hash_table_unref (self->answers);
  g_hash_table_unref (self->ignored);
  G_OBJECT_CLASS (ui_spell_parent_class)->finalize (object);
}

static void
ui_spell_class_init (UiSpellClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ui_spell_finalize;
  signals[CHANGED] = g_signal_new ("changed", UI_TYPE_SPELL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);
}

static void
ui_spell_init (UiSpell *self)
{
  self->languages = g_ptr_array_new_with_free_func (g_free);
  self->answers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->ignored = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

UiSpell *
ui_spell_new (void)
{
  UiSpell *self = g_object_new (UI_TYPE_SPELL, NULL);

  push (g_task_new (self, NULL, on_listed, NULL), JOB_LIST, self->languages, NULL);
  return self;
}
