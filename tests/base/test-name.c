/* Names of people from their parts. */
#include "test-base.h"

#include <glib.h>
#include <locale.h>

#include "base-name.h"
#include "locales.h"

static void
check_join (const char *family, const char *given, const char *expected)
{
  const char *parts[BASE_NAME_PARTS] = { family, given };
  g_autofree char *name = base_name_join (parts);

  g_assert_cmpstr (name, ==, expected);
}

static void
test_join (void)
{
  check_join ("김", "민우", "김민우");
  check_join (" 남궁", "민수 ", "남궁민수");
  check_join ("김", NULL, "김");
  check_join (NULL, "민우", "민우");
  check_join ("金", "珉宇", "金珉宇");
  check_join ("山田", "太郎", "山田太郎");
  check_join ("山田", "はなこ", "山田はなこ");
  check_join ("山田", "ローラ", "山田ローラ");
  check_join ("ジャクソン", "マイケル", "マイケル・ジャクソン");
  check_join ("王", "小明", "王小明");
  check_join ("王", "Leo", "王 Leo");
  check_join ("Smith", "John", "John Smith");
  check_join ("Иванова", "Анна", "Анна Иванова");
  check_join ("محفوظ", "نجيب", "نجيب محفوظ");
  check_join ("O’Neill", "", "O’Neill");
  check_join ("", NULL, "");
  check_join ("1", "2", "2 1");
}

static void
test_all_parts (void)
{
  const char *western[BASE_NAME_PARTS] = { "Love", "Ada", "King", "Dr.", "PhD" },
             *korean[BASE_NAME_PARTS] = { "김", "민우", NULL, NULL, "박사" };
  g_autofree char *ada = base_name_join (western), *kim = base_name_join (korean);

  g_assert_cmpstr (ada, ==, "Dr. Ada King Love PhD");
  g_assert_cmpstr (kim, ==, "김민우 박사");
}

static void
check_mend (const char *whole, const char *family, const char *given, const char *expected)
{
  const char *parts[BASE_NAME_PARTS] = { family, given };
  g_autofree char *name = base_name_mend (whole, parts);

  g_assert_cmpstr (name, ==, expected);
}

static void
test_mend (void)
{
  check_mend ("민우 김", "김", "민우", "김민우");
  check_mend ("김 민우", "김", "민우", "김민우");
  check_mend (" 민우김 ", "김", "민우", "김민우");
  /* Guessed from the whole by others */
  check_mend ("김 민우", "민우", "김", "김민우");
  check_mend ("남궁 민수", "민수", "남궁", "남궁민수");
  check_mend ("김 준", "준", "김", "김준");
  check_mend (NULL, "김", "민우", "김민우");
  check_mend (" ", "Smith", "John", "John Smith");
  /* As they were written */
  check_mend ("김민우 대리", "김", "민우", "김민우 대리");
  check_mend ("山田 太郎", "山田", "太郎", "山田 太郎");
  check_mend ("山田 太郎", "太郎", "山田", "山田 太郎");
  check_mend ("선우 김", "김", "선우", "선우 김"); /* both are names of families */
  check_mend ("하늘 바람", "바람", "하늘", "하늘 바람");
  check_mend ("Smith, John", "Smith", "John", "Smith, John");
  check_mend ("マイケル ジャクソン", "ジャクソン", "マイケル", "マイケル ジャクソン");
  check_mend ("민우 김", NULL, "민우 김", "민우 김");
  check_mend ("민우 김", NULL, NULL, "민우 김");
  check_mend (NULL, NULL, NULL, "");
}

/* Names keep the order of their script, wherever they are read; what no script tells, the locale does. */
static void
test_locales (void)
{
  static const char *const others[] = { "ko_KR.UTF-8", "de_DE.UTF-8", "ar_EG.UTF-8" };

  for (guint i = 0; i < G_N_ELEMENTS (others); i++) {
    locales_set (LC_ALL, others[i]);
    check_join ("김", "민우", "김민우");
    check_join ("Smith", "John", "John Smith");
  }
  locales_set (LC_ALL, "hu_HU.UTF-8");
  check_join ("Nagy", "Anna", "Nagy Anna");
  check_join ("김", "민우", "김민우");
  check_mend ("Anna Nagy", "Nagy", "Anna", "Anna Nagy");
  locales_set (LC_ALL, "C.UTF-8");
}

void
test_name_add (void)
{
  g_test_add_func ("/base/name/join", test_join);
  g_test_add_func ("/base/name/all-parts", test_all_parts);
  g_test_add_func ("/base/name/mend", test_mend);
  g_test_add_func ("/base/name/locales", test_locales);
}
