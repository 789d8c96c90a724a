/* Which fields an input method still has text for.  Main thread.  It looks on: it changes neither text nor composition. */
#include "ui-preedit.h"

#define KEY     "sosik-preedit"
#define LATE_MS 500  /* from the end of a composition to its text */
#define MOST_MS 1000 /* that anybody waits */

struct _UiPreedit
{
  GObject parent_instance;

  gboolean composing; /* a preedit stands */
  gboolean given;     /* what stands has been handed over already */
  gboolean owed;
  gboolean rubbed; /* the last key took something away: an empty preedit is no promise */
  guint source;
};

enum
{
  SETTLED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UiPreedit, ui_preedit, G_TYPE_OBJECT)

static void
settle (UiPreedit *self)
{
  g_clear_handle_id (&self->source, g_source_remove);
  if (!self->owed)
    return;
  self->owed = FALSE;
  g_signal_emit (self, signals[SETTLED], 0);
}

static gboolean
on_late (gpointer data)
{
  UiPreedit *self = data;

  self->source = 0;
  settle (self);
  return G_SOURCE_REMOVE;
}

static void
on_preedit (UiPreedit *self, const char *preedit)
{
  self->composing = *preedit != '\0';
  if (self->composing) {
    g_clear_handle_id (&self->source, g_source_remove);
    self->owed = TRUE;
    self->given = FALSE;
  } else if (self->given || self->rubbed) {
    settle (self);
  } else if (self->owed && self->source == 0) {
    self->source = g_timeout_add (LATE_MS, on_late, self);
  }
}

static void
on_inserted (UiPreedit *self)
{
  self->given = TRUE;
  if (!self->composing)
    settle (self);
}

static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
        UiPreedit *self)
{
  self->rubbed = key == GDK_KEY_BackSpace || key == GDK_KEY_Delete || key == GDK_KEY_Escape;
  return GDK_EVENT_PROPAGATE;
}

gboolean
ui_preedit_is_owed (UiPreedit *self)
{
  return self->owed;
}

UiPreedit *
ui_preedit_watch (GtkWidget *field)
{
  UiPreedit *self = g_object_get_data (G_OBJECT (field), KEY);
  GtkEventController *keys;

  if (self != NULL)
    return self;
  self = g_object_new (UI_TYPE_PREEDIT, NULL);
  g_object_set_data_full (G_OBJECT (field), KEY, self, g_object_unref);
  g_signal_connect_object (field, "preedit-changed", G_CALLBACK (on_preedit), self,
                           G_CONNECT_SWAPPED);
  if (GTK_IS_TEXT_VIEW (field))
    g_signal_connect_object (gtk_text_view_get_buffer (GTK_TEXT_VIEW (field)), "insert-text",
                             G_CALLBACK (on_inserted), self, G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  else
    g_signal_connect_object (gtk_text_get_buffer (GTK_TEXT (field)), "inserted-text",
                             G_CALLBACK (on_inserted), self, G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  keys = gtk_event_controller_key_new ();
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (on_key), self, 0);
  gtk_widget_add_controller (field, keys);
  return self;
}

/* ---- the keyboard ---- */

GtkWidget *
ui_preedit_leave (GtkWidget *top)
{
  GtkRoot *root = gtk_widget_get_root (top);
  GtkWidget *field = root != NULL ? gtk_root_get_focus (root) : NULL;

  if (field == NULL || !gtk_widget_is_ancestor (field, top))
    return NULL;
  gtk_root_set_focus (root, NULL);
  return field;
}

/* ---- waiting ---- */

typedef struct
{
  GPtrArray *owing; /* of UiPreedit */
  UiPreeditFunc done;
  gpointer data;
  guint source;
} Wait;

static void
find_owing (GtkWidget *widget, GPtrArray *owing)
{
  UiPreedit *preedit = g_object_get_data (G_OBJECT (widget), KEY);

  if (preedit != NULL && preedit->owed)
    g_ptr_array_add (owing, g_object_ref (preedit));
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    find_owing (child, owing);
}

static void
end_wait (Wait *wait)
{
  for (guint i = 0; i < wait->owing->len; i++)
    g_signal_handlers_disconnect_by_data (wait->owing->pdata[i], wait);
  g_clear_handle_id (&wait->source, g_source_remove);
  wait->done (wait->data);
  g_ptr_array_unref (wait->owing);
  g_free (wait);
}

/* From the main loop: what has just been inserted is still in somebody's hands. */
static gboolean
on_settled_idle (gpointer data)
{
  Wait *wait = data;

  wait->source = 0;
  end_wait (wait);
  return G_SOURCE_REMOVE;
}

static void
on_settled (UiPreedit *preedit, Wait *wait)
{
  for (guint i = 0; i < wait->owing->len; i++)
    if (((UiPreedit *)wait->owing->pdata[i])->owed)
      return;
  g_clear_handle_id (&wait->source, g_source_remove);
  wait->source = g_idle_add_full (G_PRIORITY_DEFAULT, on_settled_idle, wait, NULL);
}

void
ui_preedit_settle (GtkWidget *top, UiPreeditFunc done, gpointer data)
{
  g_autoptr (GPtrArray) owing = g_ptr_array_new_with_free_func (g_object_unref);
  Wait *wait;

  find_owing (top, owing);
  if (owing->len == 0) {
    done (data);
    return;
  }
  wait = g_new0 (Wait, 1);
  wait->owing = g_steal_pointer (&owing);
  wait->done = done;
  wait->data = data;
  wait->source = g_timeout_add (MOST_MS, on_settled_idle, wait);
  for (guint i = 0; i < wait->owing->len; i++)
    g_signal_connect (wait->owing->pdata[i], "settled", G_CALLBACK (on_settled), wait);
}

void
ui_preedit_return (GtkWidget **field)
{
  if (*field == NULL)
    return;
  if (GTK_IS_TEXT (*field))
    gtk_text_grab_focus_without_selecting (GTK_TEXT (*field));
  else
    gtk_widget_grab_focus (*field);
  g_clear_weak_pointer (field);
}

/* ---- the object ---- */

static void
ui_preedit_dispose (GObject *object)
{
  UiPreedit *self = UI_PREEDIT (object);

  settle (self);
  G_OBJECT_CLASS (ui_preedit_parent_class)->dispose (object);
}

static void
ui_preedit_class_init (UiPreeditClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ui_preedit_dispose;
  signals[SETTLED] = g_signal_new ("settled", UI_TYPE_PREEDIT, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
}

static void
ui_preedit_init (UiPreedit *self)
{
}
