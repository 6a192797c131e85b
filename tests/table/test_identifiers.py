"""A column's name says whether its values are names: of customers, things, places, persons or rows."""

from __future__ import annotations

import tomllib
import unicodedata
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coterie.options import split_names
from coterie.table import identifiers
from coterie.table.identifiers import Named, is_quantity, is_segment, named
from table.customers import found, plain

NAMES = {
    Named.CUSTOMER: "id ID custid CUST-ID customerID Kunden-Nr. KundenNr kundennummer id_cliente numero_cliente "
    "numéro_client codice_cliente klantnummer user_no MemberKey RespondentID crm_id household_id n_cliente "
    "Kunden-Nr._alt old_customer_id numero_cliente_antiguo CustomerID_(new) klantnummer_oud codice_cliente_vecchio "
    "CIF_NO",
    Named.THING: "order_id InvoiceNo EAN ean13 sku session_uuid store_id Auftragsnummer numero_factura uuid "
    "cookie_id bestelnr_id order_id_old",
    Named.PLACE: "zip ZIP_Code plz postal_code code_postal codigo_postal region Region_Code state cap mcc "
    "room_no roomNumber Table_No. seat_no_2 region_no Zimmernummer Raumnr Spind-Nr numéro_chambre numero_mesa tafelnr",
    Named.PERSON: "Phone home_phone phone1 Téléphone Vorname last_name e-mail Email_Address IBAN card_number ssn "
    "Straße address_line_2 codice_fiscale DNI telefoonnummer Passport-No account_number",
    Named.ROW: "index Unnamed:0 __index_level_0__ level_0 rownames ...1 Row_ID",
    Named.DOUBTFUL: "order number ref Nr LEID euid week_no visit_no rooms_no",
}
KEEPERS = (
    "House number,house_no,Hausnummer,Haus-Nr.,numéro de rue,N° rue,huisnummer,huisnr,número de casa,numero civico,"
    "Contact Owner,Lead owner,sales_rep,sales rep id,Sales Representative,account manager id,Account Owner,assigned to,"
    "Verkäufer,Verkäufer-Nr,vendeur,Vendedor,venditore,verkoper,agent,agent no"
)
QUANTITIES = "number_of_rooms,num_room,n_rooms,no. of tables,units_no"
QUANTITIES += (
    ",number_of_orders,NumStorePurchases,num_orders,order_value,account_balance,Annual Income (k$),phones_count"
)
NEITHER = "numero de habitaciones,new_customers,old_plan,alt,Alter,grid"
NEITHER += ",agents,home_owner,house,rep visits,previous_owners,house_size"
NEITHER += ",paid,amount paid,BID"
NEITHER += ",valid,Kidhome,product_name,plan,market_cap,card_type,phone_calls,emails_opened,visits,Age,spend"


@pytest.mark.parametrize(("what", "name"), [(what, n) for what, names in NAMES.items() for n in names.split(" ")])
def test_a_name_says_what_is_named_in_any_language_glued_or_not(what: Named, name: str) -> None:
    assert named(name) is what


@pytest.mark.parametrize("name", [*QUANTITIES.split(","), *NEITHER.split(",")])
def test_a_quantity_names_nothing(name: str) -> None:
    assert named(name) is None


@pytest.mark.parametrize("name", KEEPERS.split(","))
def test_who_looks_after_a_row_and_its_house_are_named(name: str) -> None:
    assert named(name) is Named.THING


def test_numbers_of_houses_and_of_agents_form_no_segments_and_counts_of_agents_do() -> None:
    r = np.random.default_rng(3)
    names = {name: r.integers(1, 180, 200) for name in ("House number", "sales_rep", "number_of_agents", "agent_calls")}
    seen = found(pd.DataFrame({**plain(), **names}), id="customer_id")
    assert {f.column for f in seen["COT101"]} == {"House number", "sales_rep"}


def test_quantities_are_known_by_their_first_or_last_word() -> None:
    assert all(map(is_quantity, QUANTITIES.split(",")))
    assert not any(map(is_quantity, ("customer_no", "zip", "visits")))


def test_segments_of_an_earlier_day_are_known_by_the_name_of_their_column() -> None:
    sure = "Segment segment_id segment_name Cluster kmeans kmeans_cluster K-Means_Cluster GMM_cluster cluster_label"
    assert all(
        is_segment(name) is True for name in [*sure.split(), "Customer Segment", "Kundensegment", "segmento cliente"]
    )
    assert [is_segment(name) for name in ("market_segment", "business segment")] == [None, None]
    assert not any(map(is_segment, ("segment_value", "cluster_size", "number_of_segments", "spend", "segmentation")))


def test_every_word_is_written_as_names_are_compared() -> None:
    path = Path(identifiers.__file__).with_suffix(".toml")
    for group, listed in tomllib.loads(path.read_text(encoding="utf-8")).items():
        words = list(split_names(listed))
        assert words == [unicodedata.normalize("NFKD", w).casefold() for w in words], group
        assert not [w for w in words if any(unicodedata.combining(c) or c in "_-./" for c in w)], group
