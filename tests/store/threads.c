#include "threads.h"

#include "store-thread.h"

gint64
put_full (Profile *profile, gint64 folder, guint32 uid, StoreNewMessage *message)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) messages = g_ptr_array_new ();
  g_autoptr (GArray) fresh = g_array_new (FALSE, FALSE, sizeof (StoreKey));
  message->uid = uid;
  g_ptr_array_add (messages, message);
  g_assert_true (store_message_add (profile->db, folder, messages, fresh, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (fresh->len, ==, 1);
  return STORE_KEY_ID (g_array_index (fresh, StoreKey, 0));
}

gint64
thread_of (Profile *profile, gint64 id)
{
  g_autoptr (GError) error = NULL;
  gint64 thread;
  g_assert_true (store_thread_get (profile->db, id, &thread, &error));
  g_assert_no_error (error);
  return thread;
}

guint
count_messages (Profile *profile, gint64 thread)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) ids = store_thread_list_messages (profile->db, thread, &error);
  g_assert_no_error (error);
  return ids->len;
}
