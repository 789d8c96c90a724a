/* Finds words in a conversation: in all of its messages, folded ones too.  Main thread. */
#pragma once

#include "ui-find-bar.h"
#include "ui-reader.h"

G_BEGIN_DECLS

typedef struct _UiReaderFind UiReaderFind;

/* What is looked for comes from `bar`, and the reader shows the hits.  Both are borrowed and live longer. */
UiReaderFind *ui_reader_find_new (UiReader *reader, UiFindBar *bar) G_GNUC_WARN_UNUSED_RESULT;
void ui_reader_find_free (UiReaderFind *self);

/* The reader shows another conversation, or other messages of it. */
void ui_reader_find_reset (UiReaderFind *self);
void ui_reader_find_update (UiReaderFind *self);
/* This message is open now, and shown by `view`. */
void ui_reader_find_take_view (UiReaderFind *self, MailMessage *message, UiMessageView *view);
/* A message is folded again, perhaps before its view has said anything. */
void ui_reader_find_lose_view (UiReaderFind *self);
/* `view` says how many hits its message has. */
void ui_reader_find_take_count (UiReaderFind *self, MailMessage *message, guint n);
/* Words that are marked as long as nobody looks for others in the bar, a line each; nullable. */
void ui_reader_find_set_marks (UiReaderFind *self, const char *words);
gboolean ui_reader_find_has_marks (UiReaderFind *self);
void ui_reader_find_step (UiReaderFind *self, int direction);

G_END_DECLS
