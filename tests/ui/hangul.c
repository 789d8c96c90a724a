/* Hangul for tests, in the program of a test or as a module of GTK (GTK_IM_MODULE=hangul).  Main thread. */
#include "hangul.h"

#include <string.h>

#define LATE_MS 40 /* what leaving a field takes */
#define KEY_MS  4

static const char initials[] = "rRseEfaqQtTdwWczxvg";
static const char *const vowels[] = { "k",  "o", "i", "O",  "j",  "p",  "u", "P", "h",  "hk", "ho",
                                      "hl", "y", "n", "nj", "np", "nl", "b", "m", "ml", "l" };
static const char *const finals[] = { "",   "r",  "R",  "rt", "s",  "sw", "sg", "e", "f",  "fr",
                                      "fa", "fq", "ft", "fx", "fv", "fg", "a",  "q", "qt", "t",
                                      "T",  "d",  "w",  "c",  "z",  "x",  "v",  "g" };
/* As they stand alone, from U+3100 */
static const guint8 letters[] = { 0x31, 0x32, 0x34, 0x37, 0x38, 0x39, 0x41, 0x42, 0x43, 0x45,
                                  0x46, 0x47, 0x48, 0x49, 0x4a, 0x4b, 0x4c, 0x4d, 0x4e };

struct _HangulContext
{
  GtkIMContext parent_instance;

  char keys[8]; /* of the syllable that is composed */
  char preedit[8];
  GQueue waiting;  /* of GdkEvent: late keys */
  GQueue returned; /* of GdkEvent: given back */
  guint source, flush_source;
};

static HangulManner manner;
static gboolean candidates; /* a list stands open while something is composed, and has the keys that walk through it */
static HangulContext *current;

G_DEFINE_DYNAMIC_TYPE (HangulContext, hangul_context, GTK_TYPE_IM_CONTEXT)

/* ---- jamo ---- */

static int
find (const char *const *table, guint n, const char *keys, gsize length)
{
  for (guint i = 0; i < n; i++)
    if (strlen (table[i]) == length && strncmp (table[i], keys, length) == 0)
      return (int)i;
  return -1;
}

static gboolean
is_vowel (char key)
{
  return key != '\0' && strchr ("koiOjpuPhynbml", key) != NULL;
}

/* The character that all of `keys` make, or 0. */
static gunichar
compose (const char *keys)
{
  const char *first = *keys != '\0' ? strchr (initials, *keys) : NULL;
  gsize n = strlen (keys), start = first != NULL ? 1 : 0, length = 0;
  int vowel, final;

  while (start + length < n && is_vowel (keys[start + length]))
    length++;
  if (length == 0)
    return first != NULL && n == 1 ? 0x3100 + letters[first - initials] : 0;
  vowel = find (vowels, G_N_ELEMENTS (vowels), keys + start, length);
  if (vowel < 0 || (first == NULL && n > length))
    return 0;
  if (first == NULL)
    return (gunichar)(0x314f + vowel);
  final = find (finals, G_N_ELEMENTS (finals), keys + 1 + length, n - 1 - length);
  return final < 0 ? 0 : (gunichar)(0xac00 + ((first - initials) * 21 + vowel) * 28 + final);
}

char *
hangul_get_keys (const char *text)
{
  GString *keys = g_string_new (NULL);

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);

    if (c < 0xac00 || c > 0xd7a3) {
      g_string_append_unichar (keys, c);
      continue;
    }
    c -= 0xac00;
    g_string_append_printf (keys, "%c%s%s", initials[c / 588], vowels[c / 28 % 21], finals[c % 28]);
  }
  return g_string_free (keys, FALSE);
}

/* ---- composing ---- */

static void
show (HangulContext *self, const char *keys)
{
  gboolean was = self->preedit[0] != '\0';
  gunichar c = compose (keys);

  g_strlcpy (self->keys, keys, sizeof self->keys);
  self->preedit[c != 0 ? g_unichar_to_utf8 (c, self->preedit) : 0] = '\0';
  if (!was && c != 0)
    g_signal_emit_by_name (self, "preedit-start");
  if (was || c != 0)
    g_signal_emit_by_name (self, "preedit-changed");
  if (was && c == 0)
    g_signal_emit_by_name (self, "preedit-end");
}

static void
hand_over (HangulContext *self)
{
  g_autofree char *text = g_strdup (self->preedit);

  if (*text == '\0')
    return;
  show (self, "");
  g_signal_emit_by_name (self, "commit", text);
}

static void
add_key (HangulContext *self, char key)
{
  char keys[9], syllable[8] = "", rest[3] = { 0 };
  gsize n = strlen (self->keys), left = n;

  g_snprintf (keys, sizeof keys, "%s%c", self->keys, key);
  if (compose (keys) != 0) {
    show (self, keys);
    return;
  }
  /* A final consonant begins the next syllable when a vowel follows. */
  rest[0] = key;
  if (is_vowel (key) && n > 1 && !is_vowel (self->keys[n - 1])) {
    rest[0] = self->keys[n - 1];
    rest[1] = key;
    left = n - 1;
  }
  g_snprintf (keys, sizeof keys, "%.*s", (int)left, self->keys);
  syllable[g_unichar_to_utf8 (compose (keys), syllable)] = '\0';
  g_signal_emit_by_name (self, "commit", syllable);
  show (self, rest);
}

gboolean
hangul_press (HangulContext *self, guint key)
{
  gsize n = strlen (self->keys);

  if (key == GDK_KEY_BackSpace && n > 0) {
    g_autofree char *keys = g_strndup (self->keys, n - 1);

    show (self, keys);
    return TRUE;
  }
  if (candidates && n > 0 && (key == GDK_KEY_Down || key == GDK_KEY_Up))
    return TRUE;
  if (key > ' ' && key < 0x7f && (strchr (initials, (int)key) != NULL || is_vowel ((char)key))) {
    add_key (self, (char)key);
    return TRUE;
  }
  hand_over (self);
  return FALSE;
}

/* ---- late ---- */

static void
press_event (HangulContext *self, GdkEvent *event)
{
  guint key = gdk_key_event_get_keyval (event);
  GdkModifierType state = gdk_event_get_modifier_state (event);

  if ((state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK)) == 0) {
    if (hangul_press (self, key))
      return;
  } else {
    hand_over (self);
  }
  g_queue_push_tail (&self->returned, gdk_event_ref (event));
  G_GNUC_BEGIN_IGNORE_DEPRECATIONS
  gdk_display_put_event (gdk_event_get_display (event), event);
  G_GNUC_END_IGNORE_DEPRECATIONS
}

static gboolean
on_key_time (gpointer data)
{
  HangulContext *self = data;
  GdkEvent *event = g_queue_pop_head (&self->waiting);

  press_event (self, event);
  gdk_event_unref (event);
  if (!g_queue_is_empty (&self->waiting))
    return G_SOURCE_CONTINUE;
  self->source = 0;
  return G_SOURCE_REMOVE;
}

static gboolean
on_flush_time (gpointer data)
{
  HangulContext *self = data;

  self->flush_source = 0;
  hand_over (self);
  return G_SOURCE_REMOVE;
}

/* ---- for GTK ---- */

static gboolean
is_modifier (guint key)
{
  return (key >= GDK_KEY_Shift_L && key <= GDK_KEY_Hyper_R) || key == GDK_KEY_ISO_Level3_Shift;
}

static gboolean
hangul_context_filter_keypress (GtkIMContext *context, GdkEvent *event)
{
  HangulContext *self = HANGUL_CONTEXT (context);
  GdkModifierType state = gdk_event_get_modifier_state (event);
  gboolean verb = (state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK)) != 0;
  GList *given = g_queue_find (&self->returned, event);
  gunichar c;

  if (gdk_event_get_event_type (event) != GDK_KEY_PRESS
      || is_modifier (gdk_key_event_get_keyval (event)))
    return FALSE;
  if (given != NULL) {
    gdk_event_unref (given->data);
    g_queue_delete_link (&self->returned, given);
  } else if (manner == HANGUL_LATE) {
    g_queue_push_tail (&self->waiting, gdk_event_ref (event));
    if (self->source == 0)
      self->source = g_timeout_add (KEY_MS, on_key_time, self);
    return TRUE;
  } else if (verb) {
    hand_over (self);
    return FALSE;
  } else if (hangul_press (self, gdk_key_event_get_keyval (event))) {
    return TRUE;
  }
  c = gdk_keyval_to_unicode (gdk_key_event_get_keyval (event));
  if (!verb && c != 0 && !g_unichar_iscntrl (c)) {
    char text[8] = "";

    text[g_unichar_to_utf8 (c, text)] = '\0';
    g_signal_emit_by_name (self, "commit", text);
    return TRUE;
  }
  return FALSE;
}

static void
hangul_context_get_preedit_string (GtkIMContext *context, char **text, PangoAttrList **attributes,
                                   int *caret)
{
  HangulContext *self = HANGUL_CONTEXT (context);

  if (text != NULL)
    *text = g_strdup (self->preedit);
  if (caret != NULL)
    *caret = (int)g_utf8_strlen (self->preedit, -1);
  if (attributes != NULL) {
    *attributes = pango_attr_list_new ();
    pango_attr_list_insert (*attributes, pango_attr_underline_new (PANGO_UNDERLINE_SINGLE));
  }
}

static void
leave (GtkIMContext *context)
{
  HangulContext *self = HANGUL_CONTEXT (context);

  if (manner == HANGUL_AT_ONCE)
    hand_over (self);
  else if (self->preedit[0] != '\0' && self->flush_source == 0)
    self->flush_source = g_timeout_add (LATE_MS, on_flush_time, self);
}

static void
hangul_context_focus_in (GtkIMContext *context)
{
  current = HANGUL_CONTEXT (context);
}

const char *
hangul_get_preedit (HangulContext *self)
{
  return self->preedit;
}

HangulContext *
hangul_get_context (void)
{
  return current;
}

/* ---- the object ---- */

static void
hangul_context_finalize (GObject *object)
{
  HangulContext *self = HANGUL_CONTEXT (object);

  if (current == self)
    current = NULL;
  g_clear_handle_id (&self->source, g_source_remove);
  g_clear_handle_id (&self->flush_source, g_source_remove);
  g_queue_clear_full (&self->waiting, (GDestroyNotify)gdk_event_unref);
  g_queue_clear_full (&self->returned, (GDestroyNotify)gdk_event_unref);
  G_OBJECT_CLASS (hangul_context_parent_class)->finalize (object);
}

static void
hangul_context_class_init (HangulContextClass *klass)
{
  GtkIMContextClass *context_class = GTK_IM_CONTEXT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = hangul_context_finalize;
  context_class->filter_keypress = hangul_context_filter_keypress;
  context_class->get_preedit_string = hangul_context_get_preedit_string;
  context_class->focus_in = hangul_context_focus_in;
  context_class->focus_out = leave;
  context_class->reset = leave;
}

static void
hangul_context_class_finalize (HangulContextClass *klass)
{
}

static void
hangul_context_init (HangulContext *self)
{
}

/* ---- into GTK ---- */

static void
offer (GTypeModule *module)
{
  hangul_context_register_type (module);
  g_io_extension_point_implement (GTK_IM_MODULE_EXTENSION_POINT_NAME, HANGUL_TYPE_CONTEXT, "hangul",
                                  10);
}

void
hangul_install (HangulManner how)
{
  manner = how;
  if (g_io_extension_point_get_extension_by_name (
          g_io_extension_point_lookup (GTK_IM_MODULE_EXTENSION_POINT_NAME), "hangul")
      == NULL)
    offer (NULL);
}

G_MODULE_EXPORT void g_io_im_hangul_load (GIOModule *module);
G_MODULE_EXPORT void g_io_im_hangul_unload (GIOModule *module);
G_MODULE_EXPORT char **g_io_im_hangul_query (void);

G_MODULE_EXPORT void
g_io_im_hangul_load (GIOModule *module)
{
  g_type_module_use (G_TYPE_MODULE (module));
  if (g_strcmp0 (g_getenv ("HANGUL_MANNER"), "late") == 0)
    manner = HANGUL_LATE;
  candidates = g_strcmp0 (g_getenv ("HANGUL_CANDIDATES"), "1") == 0;
  offer (G_TYPE_MODULE (module));
}

G_MODULE_EXPORT void
g_io_im_hangul_unload (GIOModule *module)
{
}

G_MODULE_EXPORT char **
g_io_im_hangul_query (void)
{
  return g_strsplit (GTK_IM_MODULE_EXTENSION_POINT_NAME, ",", -1);
}
