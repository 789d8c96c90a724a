/* The bar to search the mail with.  Main thread.  What an input method composes counts as typed.  Keys that walk through the suggestions are an input method's
 * first, which has a list of its own then: they are heard where it has left them. */
#include "ui-search-bar.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ui-preedit.h"
#include "ui-search-chips.h"
#include "ui-search-help.h"
#include "ui-flow.h"
#include "ui-search-offer.h"

#define OFFER_PRIORITY (GDK_PRIORITY_REDRAW + 10)
#define MARK_COLOUR    0xe0e0, 0x1b1b, 0x2424 /* red enough for a light and a dark entry */

struct _UiSearchBar
{
  AdwBin parent_instance;

  /* Owned */
  char *mended;  /* what the button of the problem puts in */
  char *typed;   /* with what is composed at the cursor */
  char *told;    /* of `typed`, with the last "changed" */
  char *preedit; /* "" when nothing is composed */
  BaseQuery *query;
  UiSearchOffer *offer;
  struct
  {
    char *text; /* nullable: as it is */
    int from, to;
  } next;               /* what the entry becomes as soon as the input method has handed over */
  guint soon, offering; /* idle */
  guint tick;           /* instead of that, until the entry has its place */

  /* Borrowed */
  UiPreedit *method;

  /* Template */
  GtkSearchEntry *entry;
  UiSearchChips *chips;
  GtkWidget *tools, *problem_box, *result_box, *mend, *server;
  GtkProgressBar *progress;
  GtkToggleButton *everywhere, *here, *newest, *best;
  GtkLabel *problem, *instead, *result;
  GtkSpinner *spinner;

  gboolean open;     /* what comes to a closed one, late from an input method, is not typed */
  gboolean unplaced; /* no frame was drawn since it was opened */
  gboolean silent;
  gboolean waiting; /* for the input method, with `next` */
};

enum
{
  CHANGED,
  CLOSED,
  ENTERED,
  SERVER,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UiSearchBar, ui_search_bar, ADW_TYPE_BIN)

static GtkWidget *
get_field (UiSearchBar *self)
{
  return GTK_WIDGET (gtk_editable_get_delegate (GTK_EDITABLE (self->entry)));
}

/* ---- what is typed ---- */

static int
get_position (UiSearchBar *self)
{
  return gtk_editable_get_position (GTK_EDITABLE (self->entry));
}

/* In octets of what is typed, behind what is composed. */
static gsize
get_cursor (UiSearchBar *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->entry));
  return (gsize)(g_utf8_offset_to_pointer (text, get_position (self)) - text)
         + strlen (self->preedit);
}

/* Pieces that were not understood are underlined; while something is composed their places are no places of the entry. */
static void
mark_problems (UiSearchBar *self)
{
  GPtrArray *problems = base_query_get_problems (self->query);
  PangoAttrList *marks = pango_attr_list_new ();
  for (guint i = 0; i < problems->len && !*self->preedit; i++) {
    const BaseQueryProblem *problem = problems->pdata[i];
    PangoAttribute *both[] = { pango_attr_underline_new (PANGO_UNDERLINE_ERROR),
                               pango_attr_underline_color_new (MARK_COLOUR) };
    for (guint j = 0; j < G_N_ELEMENTS (both); j++) {
      both[j]->start_index = problem->start;
      both[j]->end_index = problem->end;
      pango_attr_list_insert (marks, both[j]);
    }
  }
  gtk_text_set_attributes (GTK_TEXT (get_field (self)), marks);
  pango_attr_list_unref (marks);
}

static void
read_typed (UiSearchBar *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->entry));
  gsize at = (gsize)(g_utf8_offset_to_pointer (text, get_position (self)) - text);
  g_autofree char *typed =
      self->open ? g_strdup_printf ("%.*s%s%s", (int)at, text, self->preedit, text + at)
                 : g_strdup ("");
  if (g_strcmp0 (typed, self->typed) != 0) {
    g_free (self->typed);
    self->typed = g_steal_pointer (&typed);
    g_clear_pointer (&self->query, base_query_unref);
    self->query = base_query_parse (self->typed, g_get_real_time () / G_USEC_PER_SEC);
    ui_search_chips_set_query (self->chips, self->query);
  }
}

static void
tell (UiSearchBar *self)
{
  if (self->silent || g_strcmp0 (self->typed, self->told) == 0)
    return;
  g_free (self->told);
  self->told = g_strdup (self->typed);
  g_signal_emit (self, signals[CHANGED], 0);
}

static gboolean
on_soon (gpointer data)
{
  UiSearchBar *self = data;
  self->soon = 0;
  read_typed (self);
  mark_problems (self); /* not while the entry is about to change what is composed */
  tell (self);
  return G_SOURCE_REMOVE;
}

static void
forget_offer (UiSearchBar *self)
{
  g_clear_handle_id (&self->offering, g_source_remove);
  if (self->tick != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick);
  self->tick = 0;
}

static void
offer_now (UiSearchBar *self)
{
  forget_offer (self);
  if (gtk_widget_get_mapped (GTK_WIDGET (self)) && gtk_widget_has_focus (get_field (self)))
    ui_search_offer_update (self->offer, self->typed, get_cursor (self));
  else
    ui_search_offer_close (self->offer);
}

static gboolean
on_offer (gpointer data)
{
  UiSearchBar *self = data;
  self->offering = 0;
  offer_now (self);
  return G_SOURCE_REMOVE;
}

static void
offer_nothing (UiSearchBar *self)
{
  forget_offer (self);
  if (self->offer) /* the entry outlives it by a moment, and loses the keyboard then */
    ui_search_offer_close (self->offer);
}

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  UiSearchBar *self = UI_SEARCH_BAR (widget);

  if (self->unplaced) { /* until the end of this frame */
    self->unplaced = FALSE;
    return G_SOURCE_CONTINUE;
  }
  self->tick = 0;
  offer_now (self);
  return G_SOURCE_REMOVE;
}

/* Behind the frame with what was typed: in a turn of its own, and not for each letter of somebody who types fast.  Beneath an entry that has
 * just been opened the list would stand anywhere, and be as narrow as can be. */
static void
offer_soon (UiSearchBar *self)
{
  if (self->offering != 0 || self->tick != 0)
    return;
  if (self->unplaced)
    self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_tick, NULL, NULL);
  else
    self->offering = g_idle_add_full (OFFER_PRIORITY, on_offer, self, NULL);
}

/* Once the cursor stands behind what has come, and what was composed has gone into the text: before the next frame. */
static void
go_on_soon (UiSearchBar *self)
{
  if (!self->offer) /* nothing comes after the end */
    return;
  ui_search_offer_unchoose (self->offer); /* it was chosen for what was there before */
  if (!self->silent)
    offer_soon (self);
  if (self->soon == 0)
    self->soon = g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_soon, self, NULL);
}

static void
on_text_changed (UiSearchBar *self)
{
  read_typed (self);
  /* What is typed over is gone for a moment, and no reason to show the folder again. */
  if (!*self->preedit && *self->typed)
    tell (self);
  go_on_soon (self);
}

static void
on_preedit (UiSearchBar *self, const char *preedit)
{
  g_free (self->preedit);
  self->preedit = g_strdup (preedit);
  read_typed (self);
  go_on_soon (self);
}

/* ---- what is put in ---- */

static void
put_next (UiSearchBar *self)
{
  g_autofree char *text = g_steal_pointer (&self->next.text);
  if (!self->waiting)
    return;
  self->waiting = FALSE;
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
  if (text)
    gtk_editable_set_text (GTK_EDITABLE (self->entry), text);
  gtk_editable_select_region (GTK_EDITABLE (self->entry), self->next.from, self->next.to);
  /* Of an operator the values come next. */
  if (text && self->next.from == self->next.to && g_str_has_suffix (self->typed, ":"))
    offer_soon (self);
  else
    offer_nothing (self);
}

/* The text (NULL: as it is), with the characters from `from` to `to` selected.  What is composed is part of what is typed, and has to be there first. */
static void
put (UiSearchBar *self, const char *text, int from, int to)
{
  g_free (self->next.text);
  self->next.text = g_strdup (text);
  self->next.from = from;
  self->next.to = to;
  self->waiting = TRUE;
  if (*self->preedit) /* the input method is told to hand over */
    gtk_editable_select_region (GTK_EDITABLE (self->entry), get_position (self),
                                get_position (self));
  if (!ui_preedit_is_owed (self->method))
    put_next (self);
}

static void
on_take (const char *text, int cursor, gpointer data)
{
  put (data, text, cursor, cursor);
}

static void
on_edit_piece (UiSearchBar *self, guint i)
{
  const BaseQueryNode *piece = base_query_get_piece (self->query, i);
  int from = (int)g_utf8_strlen (self->typed, piece->start);
  put (self, NULL, from,
       from + (int)g_utf8_strlen (self->typed + piece->start, piece->end - piece->start));
}

static void
on_remove_piece (UiSearchBar *self, guint i)
{
  g_autofree char *text = base_query_replace_piece (self->query, i, NULL);
  put (self, text, -1, -1);
}

/* ---- signals and keys ---- */

static void
on_changed (UiSearchBar *self)
{
  if (!self->silent)
    g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_stop (UiSearchBar *self)
{
  if (ui_search_offer_is_open (self->offer))
    ui_search_offer_close (self->offer);
  else
    g_signal_emit (self, signals[CLOSED], 0);
}

static void
on_entered (UiSearchBar *self)
{
  if (ui_search_offer_take (self->offer))
    return;
  offer_nothing (self);
  g_signal_emit (self, signals[ENTERED], 0);
}

static void
on_server (UiSearchBar *self)
{
  g_signal_emit (self, signals[SERVER], 0);
}

static void
on_mend (UiSearchBar *self)
{
  g_autofree char *mended = g_steal_pointer (&self->mended);
  if (mended)
    put (self, mended, -1, -1);
}

/* The keys that open the bar begin anew: no verb of the window is heard where somebody types. */
static gboolean
on_verb (GtkEventControllerKey *key, guint keyval, guint keycode, GdkModifierType state,
         UiSearchBar *self)
{
  GdkModifierType modifiers = state & gtk_accelerator_get_default_mod_mask ();
  if (modifiers != GDK_CONTROL_MASK || (keyval != GDK_KEY_f && keyval != GDK_KEY_k))
    return GDK_EVENT_PROPAGATE;
  ui_search_bar_open (self);
  return GDK_EVENT_STOP;
}

/* Down goes on in the suggestions, or in the list, as from every search of the desktop. */
static gboolean
on_key (GtkEventControllerKey *key, guint keyval, guint keycode, GdkModifierType state,
        UiSearchBar *self)
{
  gboolean down = keyval == GDK_KEY_Down || keyval == GDK_KEY_KP_Down;
  gboolean up = keyval == GDK_KEY_Up || keyval == GDK_KEY_KP_Up;
  if ((state & gtk_accelerator_get_default_mod_mask ()) != 0)
    return GDK_EVENT_PROPAGATE;
  if ((up || down)
      && (self->offering != 0
          || self->tick != 0)) /* who is faster than the list means the one that is to come */
    offer_now (self);
  if ((up || down) && ui_search_offer_move (self->offer, down))
    return GDK_EVENT_STOP;
  if (keyval == GDK_KEY_Tab && ui_search_offer_take (self->offer))
    return GDK_EVENT_STOP;
  if (!down)
    return GDK_EVENT_PROPAGATE;
  on_entered (self);
  return GDK_EVENT_STOP;
}

static void
on_left (UiSearchBar *self)
{
  offer_nothing (self);
}

/* ---- help ---- */

/* An operator that was chosen, at the end of what is there. */
static void
on_operator (const char *operator, gpointer data)
{
  UiSearchBar *self = data;
  const char *space = *self->typed && !g_str_has_suffix (self->typed, " ") ? " " : "";
  g_autofree char *text = g_strconcat (self->typed, space, operator, NULL);
  put (self, text, -1, -1);
}

void
ui_search_bar_hush (UiSearchBar *self)
{
  offer_nothing (self);
}

void
ui_search_bar_show_help (UiSearchBar *self)
{
  ui_search_help_show (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), on_operator, self);
}

static void
action_help (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ui_search_bar_show_help (UI_SEARCH_BAR (widget));
}

/* ---- public ---- */

static void
clear (UiSearchBar *self)
{
  gboolean silent = self->silent;
  self->silent = TRUE;
  gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
  read_typed (self); /* where nothing stood there, something may have been composed */
  self->silent = silent;
}

void
ui_search_bar_set_engine (UiSearchBar *self, MailEngine *engine)
{
  ui_search_offer_set_engine (self->offer, engine);
}

/* What has come since it was closed is not to be read. */
static void
begin (UiSearchBar *self)
{
  if (!self->open) {
    clear (self);
    self->unplaced = TRUE;
  }
  self->open = TRUE;
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
}

void
ui_search_bar_open (UiSearchBar *self)
{
  begin (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
  gtk_editable_select_region (GTK_EDITABLE (self->entry), 0, -1);
  if (!*self->typed)
    offer_soon (self);
}

void
ui_search_bar_close (UiSearchBar *self)
{
  gboolean silent = self->silent;
  self->open = FALSE;
  self->waiting = FALSE;
  forget_offer (self);
  ui_search_offer_rest (self->offer);
  clear (self);
  g_free (self->told);
  self->told = g_strdup ("");
  self->silent = TRUE;
  gtk_toggle_button_set_active (self->everywhere, TRUE);
  self->silent = silent;
  ui_search_bar_set_problem (self, NULL, NULL);
  ui_search_bar_set_result (self, "", FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

gboolean
ui_search_bar_is_open (UiSearchBar *self)
{
  return gtk_widget_get_visible (GTK_WIDGET (self));
}

gboolean
ui_search_bar_type (UiSearchBar *self, GtkEventControllerKey *controller)
{
  begin (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
  gtk_editable_set_position (GTK_EDITABLE (self->entry), -1);
  return gtk_event_controller_key_forward (controller, get_field (self));
}

const char *
ui_search_bar_get_text (UiSearchBar *self)
{
  return self->typed;
}

void
ui_search_bar_set_text (UiSearchBar *self, const char *text)
{
  if (g_str_equal (text, ui_search_bar_get_text (self)))
    return;
  gtk_editable_set_text (GTK_EDITABLE (self->entry), text);
  offer_nothing (self);
}

gboolean
ui_search_bar_get_everywhere (UiSearchBar *self)
{
  /* The one goes off before the other goes on. */
  return !gtk_toggle_button_get_active (self->here);
}

void
ui_search_bar_set_everywhere (UiSearchBar *self, gboolean everywhere)
{
  gtk_toggle_button_set_active (everywhere ? self->everywhere : self->here, TRUE);
}

gboolean
ui_search_bar_get_best (UiSearchBar *self)
{
  return gtk_toggle_button_get_active (self->best);
}

void
ui_search_bar_set_place (UiSearchBar *self, const char *name)
{
  /* Translators: a folder */
  g_autofree char *label = g_strdup_printf (_ ("Search in %s"), name ? name : "");
  gboolean silent = self->silent;
  self->silent = TRUE;
  if (!name)
    gtk_toggle_button_set_active (self->everywhere, TRUE);
  self->silent = silent;
  gtk_widget_set_visible (GTK_WIDGET (self->here), name != NULL);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->here), label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->here), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
}

void
ui_search_bar_set_result (UiSearchBar *self, const char *sentence, gboolean busy)
{
  gtk_label_set_text (self->result, sentence);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), busy);
  gtk_spinner_set_spinning (self->spinner, busy);
  gtk_widget_set_visible (self->result_box, *sentence || busy);
}

void
ui_search_bar_set_server (UiSearchBar *self, const char *label)
{
  gtk_widget_set_visible (self->server, label != NULL);
  if (label)
    gtk_button_set_label (GTK_BUTTON (self->server), label);
}

void
ui_search_bar_set_progress (UiSearchBar *self, double progress)
{
  gtk_widget_set_visible (GTK_WIDGET (self->progress), progress >= 0);
  gtk_progress_bar_set_fraction (self->progress, CLAMP (progress, 0, 1));
}

void
ui_search_bar_set_problem (UiSearchBar *self, const char *sentence, const char *instead)
{
  if (instead && !*instead) /* to look for nothing is no help */
    instead = NULL;
  gtk_widget_set_visible (self->problem_box, sentence != NULL);
  gtk_label_set_text (self->problem, sentence ? sentence : "");
  g_free (self->mended);
  self->mended = g_strdup (instead);
  gtk_widget_set_visible (self->mend, instead != NULL);
  gtk_label_set_text (self->instead, instead ? instead : "");
  if (!instead)
    return;
  /* Translators: on a button; what somebody may have wanted to look for */
  g_autofree char *label = g_strdup_printf (_ ("Search for %s instead"), instead);
  gtk_widget_set_tooltip_text (self->mend, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->mend), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
}

static void
ui_search_bar_dispose (GObject *object)
{
  UiSearchBar *self = UI_SEARCH_BAR (object);
  self->waiting = FALSE;
  g_clear_handle_id (&self->soon, g_source_remove);
  forget_offer (self);
  g_clear_pointer (&self->offer, ui_search_offer_free);
  G_OBJECT_CLASS (ui_search_bar_parent_class)->dispose (object);
}

static void
ui_search_bar_finalize (GObject *object)
{
  UiSearchBar *self = UI_SEARCH_BAR (object);
  g_free (self->mended);
  g_free (self->typed);
  g_free (self->told);
  g_free (self->preedit);
  g_free (self->next.text);
  g_clear_pointer (&self->query, base_query_unref);
  G_OBJECT_CLASS (ui_search_bar_parent_class)->finalize (object);
}

static void
ui_search_bar_class_init (UiSearchBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_search_bar_dispose;
  G_OBJECT_CLASS (klass)->finalize = ui_search_bar_finalize;
  g_type_ensure (UI_TYPE_SEARCH_CHIPS);
  signals[CHANGED] = g_signal_new ("changed", UI_TYPE_SEARCH_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
  signals[CLOSED] = g_signal_new ("closed", UI_TYPE_SEARCH_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 0);
  signals[ENTERED] = g_signal_new ("entered", UI_TYPE_SEARCH_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
  signals[SERVER] = g_signal_new ("server", UI_TYPE_SEARCH_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/sosik/Sosik/ui-search-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, UiSearchBar, entry);
  gtk_widget_class_bind_template_child (widget_class, UiSearchBar, chips);
  gtk_widget_class_bind_template_child (widget_class, UiSearchBar, progress);
  gtk_widget_class_bind_template_child (widget_class, UiSearchBar, tools);
  gtk_widget_class_bind_template_child (widget_class, UiSearchBar, everywhere);
  gtk_widget_class_bind_template_child (widget_class, UiSearchBar, here);
  gtk_widget_class_bind_template_child (widget_class, UiSearchBar, newest);
  gtk_widget_class_bind_template_child (widget_class, UiSearchBar, best);
  gtk_widget_class_bind_template_child (widget_class, UiSearchBar, problem_box);
  gtk_widget_class_bind_template_child (widget_class, UiSearchBar, problem);
  gtk_widget_class_bind_template_child (widget_class, UiSearchBar, mend);
  gtk_widget_class_bind_template_child (widget_class, UiSearchBar, instead);
  gtk_widget_class_bind_template_child (widget_class, UiSearchBar, result_box);
  gtk_widget_class_bind_template_child (widget_class, UiSearchBar, result);
  gtk_widget_class_bind_template_child (widget_class, UiSearchBar, spinner);
  gtk_widget_class_bind_template_child (widget_class, UiSearchBar, server);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_text_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_edit_piece);
  gtk_widget_class_bind_template_callback (widget_class, on_remove_piece);
  gtk_widget_class_install_action (widget_class, "search-bar.help", NULL, action_help);
  gtk_widget_class_bind_template_callback (widget_class, on_stop);
  gtk_widget_class_bind_template_callback (widget_class, on_entered);
  gtk_widget_class_bind_template_callback (widget_class, on_mend);
  gtk_widget_class_bind_template_callback (widget_class, on_server);
}

static void
watch_keys (UiSearchBar *self)
{
  GtkEventController *verbs = gtk_event_controller_key_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();
  gtk_event_controller_set_propagation_phase (verbs, GTK_PHASE_CAPTURE);
  g_signal_connect (verbs, "key-pressed", G_CALLBACK (on_verb), self);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (on_left), self);
  gtk_widget_add_controller (GTK_WIDGET (self->entry), verbs);
  gtk_widget_add_controller (GTK_WIDGET (self->entry), keys);
  gtk_widget_add_controller (GTK_WIDGET (self->entry), focus);
}

static void
ui_search_bar_init (UiSearchBar *self)
{
  self->typed = g_strdup ("");
  self->told = g_strdup ("");
  self->preedit = g_strdup ("");
  self->query = base_query_parse ("", 0);
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_layout_manager (self->tools, ui_flow_new (6, 0)); /* two lines of large text */
  self->offer = ui_search_offer_new (GTK_WIDGET (self), GTK_WIDGET (self->entry), on_take, self);
  self->method = ui_preedit_watch (get_field (self));
  g_signal_connect_object (self->method, "settled", G_CALLBACK (put_next), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (get_field (self), "preedit-changed", G_CALLBACK (on_preedit), self,
                           G_CONNECT_SWAPPED);
  watch_keys (self);
  ui_search_bar_set_place (self, NULL);
}
