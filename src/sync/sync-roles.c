/* The names people's providers give to the special mailboxes, in the languages they give them in.  Many servers, the Korean
 * ones first of all, tell no SPECIAL-USE.  Pure; must never ask the server. */
#include "sync-roles.h"

#include "base-text.h"

#include <string.h>

typedef struct
{
  StoreRole role;
  const char *names; /* separated by '|' */
} RoleNames;

static const RoleNames role_names[] = {
  { STORE_ROLE_INBOX, "inbox|받은메일함|받은편지함|받은 메일함|받은 편지함" },
  { STORE_ROLE_SENT,
    "sent|sent items|sent messages|sent mail|sent-mail|sentmail|sent objects|보낸메일함|보낸편지함|보낸 메일함|"
    "보낸 편지함|보낸메일|gesendet|gesendete objekte|gesendete elemente|gesendete nachrichten|envoyés|"
    "messages envoyés|éléments envoyés|objets envoyés|enviados|elementos enviados|mensajes enviados|"
    "itens enviados|mensagens enviadas|inviata|posta inviata|inviati|elementi inviati|отправленные|"
    "отправленные письма|送信済み|送信済みメール|送信済みアイテム|已发送|已发送邮件|已傳送|已傳送郵件|寄件備份|"
    "verzonden|verzonden items|verzonden berichten|wysłane|elementy wysłane|skickat|skickade|sendt|"
    "sendte elementer|sendt post|lähetetyt|gönderilmiş|gönderilmiş öğeler|gönderilenler|odeslané|"
    "odeslaná pošta|elküldött|elküldött elemek|надіслані|відправлені|απεσταλμένα|trimise|"
    "mesaje trimise|изпратени|đã gửi|thư đã gửi|จดหมายที่ส่ง|ส่งแล้ว|terkirim|pesan terkirim|"
    "נשלחו|דואר שנשלח|المرسلة|البريد المرسل|العناصر المرسلة" },
  { STORE_ROLE_DRAFTS,
    "drafts|draft|임시보관함|임시 보관함|임시보관|entwürfe|entwurf|brouillons|brouillon|borradores|"
    "borrador|rascunhos|rascunho|bozze|черновики|下書き|草稿|草稿箱|草稿匣|concepten|kopie robocze|"
    "wersje robocze|szkice|utkast|kladder|kladde|luonnokset|taslaklar|koncepty|rozepsané|piszkozatok|"
    "чернетки|πρόχειρα|ciorne|чернови|bản nháp|thư nháp|ร่าง|ร่างจดหมาย|draf|konsep|טיוטות|المسودات|"
    "مسودات" },
  { STORE_ROLE_TRASH,
    "trash|deleted|deleted items|deleted messages|bin|휴지통|지운편지함|지운 편지함|삭제된 메일함|지운메일함|"
    "삭제한 편지함|papierkorb|gelöscht|gelöschte objekte|gelöschte elemente|corbeille|"
    "éléments supprimés|papelera|elementos eliminados|lixeira|lixo|itens excluídos|cestino|"
    "posta eliminata|корзина|удаленные|удалённые|ごみ箱|ゴミ箱|削除済みアイテム|已删除|已删除邮件|废件箱|"
    "刪除的郵件|垃圾桶|prullenbak|prullenmand|verwijderde items|kosz|elementy usunięte|papperskorgen|"
    "borttaget|papirkurv|papirkurven|slettet post|roskakori|poistetut|çöp kutusu|silinmiş öğeler|koš|"
    "odstraněná pošta|kuka|törölt elemek|кошик|видалені|κάδος|κάδος απορριμμάτων|διαγραμμένα|"
    "coș de gunoi|elemente șterse|кошче|thùng rác|ถังขยะ|sampah|tong sampah|אשפה|פריטים שנמחקו|"
    "سلة المهملات|المهملات|العناصر المحذوفة" },
  { STORE_ROLE_JUNK,
    "junk|spam|junk e-mail|junk email|junk mail|bulk mail|bulk|스팸메일함|스팸편지함|스팸 메일함|스팸 편지함|스팸함|"
    "스팸메일|정크 메일|정크메일|spamverdacht|spam-verdacht|unerwünscht|junk-e-mail|courrier indésirable|"
    "indésirables|pourriel|correo no deseado|correo basura|lixo eletrônico|posta indesiderata|спам|"
    "нежелательная почта|迷惑メール|垃圾邮件|垃圾郵件|广告邮件|ongewenste e-mail|ongewenst|niechciane|"
    "wiadomości-śmieci|skräppost|søppelpost|uønsket post|uønsket e-post|roskaposti|gereksiz|"
    "önemsiz e-posta|istenmeyen|nevyžádaná pošta|nevyžádané|levélszemét|небажана пошта|"
    "ανεπιθύμητη αλληλογραφία|ανεπιθύμητα|mesaje nedorite|нежелана поща|thư rác|อีเมลขยะ|จดหมายขยะ|"
    "spam mail|דואר זבל|ספאם|البريد العشوائي|بريد عشوائي|رسائل غير مرغوب فيها" },
  { STORE_ROLE_ARCHIVE,
    "archive|archives|보관함|보관 메일함|보관메일함|보관편지함|archiv|archiviert|archivo|archivos|arquivo|"
    "arquivados|archivio|архив|アーカイブ|归档|存档|封存|archief|archiwum|arkiv|arkisto|arşiv|archív|"
    "archívum|архів|αρχείο|arhivă|lưu trữ|ที่เก็บถาวร|เก็บถาวร|arsip|ארכיון|الأرشيف|أرشيف" },
};

/* Folded -> role; there may be tens of thousands of mailboxes. */
static gpointer
build_names (gpointer data)
{
  GHashTable *roles = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (role_names); i++) {
    g_auto (GStrv) names = g_strsplit (role_names[i].names, "|", -1);

    for (gsize k = 0; names[k] != NULL; k++)
      g_hash_table_insert (roles, base_text_fold (names[k]), GINT_TO_POINTER (role_names[i].role));
  }
  return roles;
}

StoreRole
sync_role_of_name (const char *path, char delimiter)
{
  static GOnce names = G_ONCE_INIT;
  const char *last = delimiter != 0 ? strrchr (path, delimiter) : NULL;
  g_autofree char *folded = base_text_fold (last != NULL ? last + 1 : path);

  g_once (&names, build_names, NULL);
  return (StoreRole)GPOINTER_TO_INT (g_hash_table_lookup (names.retval, folded));
}

static guint
depth_of (const StoreFolder *folder)
{
  guint depth = 0;

  for (const char *p = folder->name; folder->delimiter != 0 && *p != '\0'; p++)
    if (*p == folder->delimiter)
      depth++;
  return depth;
}

static gboolean
is_taken (GPtrArray *folders, StoreRole role)
{
  for (guint i = 0; i < folders->len; i++) {
    const StoreFolder *folder = g_ptr_array_index (folders, i);

    if (folder->role == role)
      return TRUE;
  }
  return FALSE;
}

void
sync_roles_guess (GPtrArray *folders)
{
  /* INBOX is INBOX whatever else bears its name in some language. */
  for (guint i = 0; i < folders->len; i++) {
    StoreFolder *folder = g_ptr_array_index (folders, i);

    if (g_ascii_strcasecmp (folder->name, "INBOX") == 0)
      folder->role = STORE_ROLE_INBOX;
  }
  for (gsize i = 0; i < G_N_ELEMENTS (role_names); i++) {
    StoreFolder *best = NULL;

    if (is_taken (folders, role_names[i].role))
      continue;
    for (guint k = 0; k < folders->len; k++) {
      StoreFolder *folder = g_ptr_array_index (folders, k);

      if (folder->role == STORE_ROLE_NONE && folder->selectable
          && sync_role_of_name (folder->name, folder->delimiter) == role_names[i].role
          && (best == NULL || depth_of (folder) < depth_of (best)))
        best = folder;
    }
    if (best != NULL)
      best->role = role_names[i].role;
  }
}

static const char *
name_of_role (StoreRole role)
{
  /* In English on every server: other programs and other languages read these names too. */
  switch (role) {
  case STORE_ROLE_SENT:
    return "Sent";
  case STORE_ROLE_ARCHIVE:
    return "Archive";
  case STORE_ROLE_TRASH:
    return "Trash";
  case STORE_ROLE_DRAFTS:
    return "Drafts";
  case STORE_ROLE_JUNK:
    return "Junk";
  case STORE_ROLE_NONE:
  case STORE_ROLE_INBOX:
  case STORE_ROLE_ALL:
  case STORE_ROLE_FLAGGED:
    break;
  }
  g_return_val_if_reached ("Mail");
}

char *
sync_role_new_path (GPtrArray *folders, StoreRole role, const char *prefix, char *delimiter)
{
  gboolean others = FALSE, all_below_inbox = TRUE;

  *delimiter = 0;
  for (guint i = 0; i < folders->len; i++) {
    const StoreFolder *folder = g_ptr_array_index (folders, i);

    if (*delimiter == 0)
      *delimiter = folder->delimiter;
    if (g_str_equal (folder->name, "INBOX"))
      continue;
    others = TRUE;
    if (folder->delimiter == 0 || g_ascii_strncasecmp (folder->name, "INBOX", 5) != 0
        || folder->name[5] != folder->delimiter)
      all_below_inbox = FALSE;
  }
  if (prefix != NULL)
    return g_strconcat (prefix, name_of_role (role), NULL);
  /* Courier and old Cyrus keep everything personal below INBOX. */
  if (others && all_below_inbox && *delimiter != 0)
    return g_strdup_printf ("INBOX%c%s", *delimiter, name_of_role (role));
  return g_strdup (name_of_role (role));
}
