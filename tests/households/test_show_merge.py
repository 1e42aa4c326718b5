"""What a merge did, for those who look."""

from __future__ import annotations

from tests.households.doubles import two_files
from tests.households.test_merge_household import merged


def test_it_says_what_went_where_and_who_did_it(client_of, people):
    left, right = two_files()
    location = merged(client_of("county"), left, right).location
    page = client_of("county").page(location)
    for told in ("两份档案并成了一份", "QH-501", "双溪镇坳下村", "QH-777", "石桥镇桥头村", people.county.name,
                 "撤回这次合并"):
        assert told in page.text
    assert f"/households/{left.id}/show-household" in [href for href, _words in page.links]
    assert client_of("town").page(location).text.count("QH-501") == 1, "the kept file's town may see it too"
    assert client_of("other_town").get(location).status_code == 404
