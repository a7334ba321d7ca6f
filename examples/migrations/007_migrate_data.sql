-- Dates on slips have the day first, so they do not sort: '03/02/2024' comes before '08/01/2024'.
-- SQLite's date functions want year, month, day.
-- accept: down-loses-values lending_slips.lent_on because dates written since are turned round too
-- accept: down-loses-values lending_slips.returned_on because dates written since are turned round too

-- UP: rewrite 08/01/2024 as 2024-01-08

-- The patterns match exactly the dates to convert. A date in another form stays unchanged for a
-- person to correct, and no row is converted twice.
UPDATE lending_slips
SET lent_on = substr(lent_on, 7, 4) || '-' || substr(lent_on, 4, 2) || '-'
              || substr(lent_on, 1, 2)
WHERE lent_on GLOB '[0-9][0-9]/[0-9][0-9]/[0-9][0-9][0-9][0-9]';

-- NULL means that the book is still lent. GLOB is never true for it, so it stays NULL.
UPDATE lending_slips
SET returned_on = substr(returned_on, 7, 4) || '-' || substr(returned_on, 4, 2) || '-'
                  || substr(returned_on, 1, 2)
WHERE returned_on GLOB '[0-9][0-9]/[0-9][0-9]/[0-9][0-9][0-9][0-9]';

-- DOWN: rewrite 2024-01-08 as 08/01/2024
-- The conversion loses nothing, so every date is restored. Dates written since, year first, are
-- converted too.
UPDATE lending_slips
SET lent_on = substr(lent_on, 9, 2) || '/' || substr(lent_on, 6, 2) || '/'
              || substr(lent_on, 1, 4)
WHERE lent_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]';

UPDATE lending_slips
SET returned_on = substr(returned_on, 9, 2) || '/' || substr(returned_on, 6, 2) || '/'
                  || substr(returned_on, 1, 4)
WHERE returned_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]';
