/* The page of drafts and of messages on their way out.  Main thread.  It only lists; the rows act. */
#include "ui-outgoing.h"

#include "ui-outgoing-row.h"

struct _UiOutgoing
{
  AdwBin parent_instance;

  /* Owned */
  GtkApplication *app;
  MailEngine *engine;

  /* Template */
  GtkStack *stack;
  GtkListBox *list;
};

G_DEFINE_FINAL_TYPE (UiOutgoing, ui_outgoing, ADW_TYPE_BIN)

static GtkWidget *
make_row (gpointer item, gpointer data)
{
  UiOutgoing *self = data;

  return ui_outgoing_row_new (self->app, self->engine, item);
}

static void
on_row_activated (GtkListBox *list, GtkListBoxRow *row)
{
  gtk_widget_activate_action (GTK_WIDGET (row), "outgoing.edit", NULL);
}

static void
on_items_changed (UiOutgoing *self)
{
  GListModel *model = mail_engine_get_outgoing (self->engine);

  gtk_stack_set_visible_child_name (self->stack,
                                    g_list_model_get_n_items (model) > 0 ? "list" : "empty");
}

GtkWidget *
ui_outgoing_new (GtkApplication *app, MailEngine *engine)
{
  UiOutgoing *self = g_object_new (UI_TYPE_OUTGOING, NULL);
  GListModel *model = mail_engine_get_outgoing (engine);

  self->app = g_object_ref (app);
  self->engine = g_object_ref (engine);
  gtk_list_box_bind_model (self->list, model, make_row, self, NULL);
  g_signal_connect_object (model, "items-changed", G_CALLBACK (on_items_changed), self,
                           G_CONNECT_SWAPPED);
  on_items_changed (self);
  return GTK_WIDGET (self);
}

static void
ui_outgoing_dispose (GObject *object)
{
  UiOutgoing *self = UI_OUTGOING (object);

  if (self->engine != NULL)
    g_signal_handlers_disconnect_by_data (mail_engine_get_outgoing (self->engine), self);
  G_OBJECT_CLASS (ui_outgoing_parent_class)->dispose (object);
}

static void
ui_outgoing_finalize (GObject *object)
{
  UiOutgoing *self = UI_OUTGOING (object);

  g_clear_object (&self->app);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (ui_outgoing_parent_class)->finalize (object);
}

static void
ui_outgoing_class_init (UiOutgoingClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_outgoing_dispose;
  G_OBJECT_CLASS (klass)->finalize = ui_outgoing_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/sosik/Sosik/ui-outgoing.ui");
  gtk_widget_class_bind_template_child (widget_class, UiOutgoing, stack);
  gtk_widget_class_bind_template_child (widget_class, UiOutgoing, list);
}

static void
ui_outgoing_init (UiOutgoing *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self->list, "row-activated", G_CALLBACK (on_row_activated), NULL);
}
